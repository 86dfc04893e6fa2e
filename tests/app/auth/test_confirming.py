"""Confirming an address, and what is mailed to one that is not confirmed: anyone can register with any address."""

import pytest
from sqlalchemy import select

from app.auth import services
from app.database import db
from app.export.models import KIND
from app.jobs import running
from app.jobs import services as jobs
from app.mail import transport
from app.users.models import User
from tests.app.auth.conftest import local

PASSWORD = "correct horse"
LURE = "customer, pay now: http://evil.example/pay"


@pytest.fixture
def mary(context):
    """`mary()`: the user mary, as the database holds her now."""

    def mary():
        db.session.rollback()
        db.session.expire_all()
        return db.session.scalars(select(User).where(User.username == "mary")).one()

    return mary


@pytest.fixture
def register(client, fill_in):
    """`register()`: register as mary, by the page."""

    def register():
        fields = {"username": "mary", "email": "mary@example.com", "password": PASSWORD, "password2": PASSWORD}
        response = fill_in("/auth/register", **fields)
        assert response.status_code == 302, response.text

    return register


def subjects(mails):
    return [subject for _to, subject, _link in mails]


def test_registration_mails_a_link_that_confirms_the_address(client, register, fill_in, mary, outbox):
    register()
    assert "A link is on its way to mary@example.com." in client.get("/").text
    [(to, subject, link)] = outbox()
    assert (to, subject) == ("mary@example.com", "Confirm your email address")
    assert not mary().email_confirmed
    assert "mary@example.com is not confirmed." in client.get("/settings").text
    assert client.get(local(link)).status_code == 200
    assert not mary().email_confirmed  # opening the link changes nothing
    fill_in(local(link))
    page = client.get("/settings").text
    assert "Your email address is confirmed." in page
    assert "is not confirmed" not in page
    assert mary().email_confirmed
    assert len(outbox()) == 1


def test_confirming_while_signed_out_shows_its_result_alone(app, register, fill_in, outbox, read_form, send_form):
    register()
    link, stranger = local(outbox()[-1][2]), app.test_client()
    form = read_form(stranger.get(link), "csrf_token")
    for _click in range(2):
        response = send_form(link, form, client=stranger)
        assert response.location == "/auth/login?next=/settings"
    page = stranger.get(response.location).text
    assert "Your email address is confirmed." in page
    assert "Sign in to see this page." not in page


def test_registration_by_the_api_mails_a_link(client, mary, outbox):
    account = {"username": "mary", "email": "mary@example.com", "password": PASSWORD}
    assert client.post("/api/users", json=account).status_code == 201
    assert [(to, subject) for to, subject, _link in outbox()] == [("mary@example.com", "Confirm your email address")]
    assert not mary().email_confirmed


def test_refused_registration_mails_nothing(susan, fill_in, outbox):
    fields = {"username": "mary", "email": "susan@example.com", "password": PASSWORD, "password2": PASSWORD}
    assert fill_in("/auth/register", **fields).status_code == 400
    assert outbox() == []


def test_unconfirmed_address_gets_only_its_confirmation(register, fill_in, mary, outbox):
    register()
    fill_in("/settings/password", password=PASSWORD, new_password="battery staple", new_password2="battery staple")
    job = jobs.start(mary().id, KIND)
    db.session.commit()
    running.work(job.id, job.attempt)
    assert subjects(outbox()) == ["Confirm your email address"]
    services.confirm_email(mary(), "other@example.com")
    db.session.commit()
    assert subjects(outbox()) == ["Confirm your email address"]


def test_display_name_is_in_no_mail(register, fill_in, mary, outbox, monkeypatch):
    texts = []

    def send(message):
        texts.append(message.subject + message.body + message.alternatives[0][0])

    monkeypatch.setattr(transport, "send", send)
    register()
    user = mary()
    user.display_name, user.email_confirmed = LURE, True
    db.session.commit()
    fill_in("/auth/reset_password_request", email="mary@example.com")
    fill_in("/settings/address", email="stranger@example.com", password=PASSWORD)
    outbox()
    user = mary()
    services.confirm_email(user, "other@example.com")
    services.set_password(user, "battery staple")
    db.session.commit()
    outbox()
    assert len(texts) == 5
    assert [text for text in texts if "evil" in text or "@mary" not in text] == []


def test_another_link_can_be_sent(client, register, fill_in, outbox):
    register()
    outbox()
    assert fill_in("/settings", to="/settings/address/confirmation").headers["Location"] == "/settings"
    assert "A link is on its way to mary@example.com." in client.get("/settings").text
    assert subjects(outbox()) == ["Confirm your email address"] * 2


def test_expired_link_leads_to_the_button_for_another(client, register, fill_in, outbox):
    register()
    response = client.get("/settings/confirm_address?token=abc", follow_redirects=True)
    assert response.request.path == "/settings"
    assert "This link has expired or was already used. Request a new one." in response.text
    assert "Send another link" in response.text


def test_confirmed_address_needs_no_other_link(susan, log_in, fill_in, outbox):
    log_in("susan")
    assert fill_in("/settings", to="/settings/address/confirmation").status_code == 302
    assert outbox() == []


def test_links_are_limited(register, fill_in):
    register()
    for _time in range(10):
        assert fill_in("/settings", to="/settings/address/confirmation").status_code == 302
    assert fill_in("/settings", to="/settings/address/confirmation").status_code == 429


def test_reset_confirms_the_address_and_is_told(app, register, fill_in, mary, outbox):
    register()
    stranger = app.test_client()
    fill_in("/auth/reset_password_request", client=stranger, email="mary@example.com")
    link = local(outbox()[-1][2])
    fill_in(link, client=stranger, new_password="battery staple", new_password2="battery staple")
    assert mary().email_confirmed
    assert subjects(outbox())[-1] == "Your password was changed"


def test_pending_confirmation_survives_a_new_password(register, mary, outbox):
    register()
    services.set_password(mary(), "battery staple")
    db.session.commit()
    assert subjects(outbox()) == ["Confirm your email address"]


def test_pending_link_to_the_former_address_ends_with_it(register, mary, outbox):
    register()
    services.confirm_email(mary(), "other@example.com")
    db.session.commit()
    assert outbox() == []


@pytest.mark.parametrize("way", ["page", "command"])
def test_new_password_is_told_in_the_language_of_the_user(susan, flask, log_in, fill_in, outbox, way):
    user = susan()
    user.locale = "fr"
    db.session.commit()
    if way == "page":
        log_in("susan")
        new = {"new_password": "battery staple", "new_password2": "battery staple"}
        assert fill_in("/settings/password", password=PASSWORD, **new).status_code == 302
    else:
        assert flask("user", "reset-password", "susan", "--password-stdin", input="battery staple\n")[1] == 0
    assert outbox() == [("susan@example.com", "Votre mot de passe a été modifié", None)]


def test_change_of_case_is_not_told(susan, outbox):
    services.confirm_email(susan(), "Susan@Example.com")
    db.session.commit()
    assert outbox() == []


def test_operator_confirms_the_address_of_a_new_account(flask, mary):
    assert flask("user", "create", "mary", "mary@example.com", "--password-stdin", input=f"{PASSWORD}\n")[1] == 0
    assert mary().email_confirmed
