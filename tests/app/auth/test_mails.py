"""Resetting a forgotten password, by the link of an email."""

import re

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from app.auth import mails, proofs, services
from app.database import db
from app.users.passwords import matches
from app.users.queries import by_username
from tests.app.auth.conftest import local
from tests.fixtures.forms import csrf_token_in

NEW = {"new_password": "battery staple", "new_password2": "battery staple"}


@pytest.fixture
def reset_link(fill_in, outbox, susan):
    """The path of susan's link to set a new password."""
    fill_in("/auth/reset_password_request", email="susan@example.com")
    return local(outbox()[-1][2])


def test_reset_link_sets_password_and_ends_sessions(client, app, susan, log_in, fill_in, outbox):
    elsewhere = app.test_client()
    log_in("susan", client=elsewhere)
    program = {"Authorization": f"Bearer {services.issue_token(susan())[0]}"}
    db.session.commit()
    assert client.get("/api/tokens", headers=program).status_code == 200
    assert fill_in("/auth/reset_password_request", email="SUSAN@example.com").headers["Location"] == "/auth/login"
    [(to, subject, link)] = outbox()
    assert (to, subject) == ("susan@example.com", "Set a new password")
    assert fill_in(local(link), **NEW).headers["Location"] == "/auth/login"
    assert "Your password was changed. Sign in with the new one." in client.get("/auth/login").text
    assert matches("battery staple", susan().password_hash)
    assert elsewhere.get("/settings").status_code == 302  # signed out
    assert client.get("/api/tokens", headers=program).status_code == 401
    assert fill_in("/auth/login", username="susan", password="battery staple").status_code == 302


def test_reset_request_hides_whether_account_exists(client, susan, fill_in, outbox, caplog):
    """The work is the same too: one job and no query."""
    known = fill_in("/auth/reset_password_request", email="susan@example.com")
    known_page = client.get("/auth/login").text
    unknown = fill_in("/auth/reset_password_request", email="nobody@example.com")
    assert (known.status_code, known.headers["Location"]) == (unknown.status_code, unknown.headers["Location"])
    messages = re.compile(r'<div class="alert.*?</div>', re.DOTALL)
    assert messages.findall(known_page) == messages.findall(client.get("/auth/login").text) != []
    assert [to for to, _subject, _link in outbox()] == ["susan@example.com"]


def test_reset_request_does_not_query_users(client, susan, fill_in, outbox, monkeypatch):
    def must_not(*_args):
        raise AssertionError("looked up")

    monkeypatch.setattr("app.users.queries.by_email", must_not)
    assert fill_in("/auth/reset_password_request", email="susan@example.com").status_code == 302


@pytest.mark.parametrize("host", ["evil.example", "localhost:5000", "blog.example.evil.example"])
def test_reset_link_ignores_host_header(client, susan, outbox, host):
    page = client.get("/auth/reset_password_request", headers={"Host": host, "X-Forwarded-Host": host})
    token = csrf_token_in(page.text)
    client.post(
        "/auth/reset_password_request",
        data={"csrf_token": token, "email": "susan@example.com"},
        headers={"Host": host, "X-Forwarded-Host": host, "Cookie": page.headers["Set-Cookie"].partition(";")[0]},
    )
    [(_to, _subject, link)] = outbox()
    assert link.startswith("https://blog.example/auth/reset_password?token=")


def refused(client, link):
    response = client.get(link)
    return response.status_code == 302 and response.headers["Location"] == "/auth/reset_password_request"


def test_reset_link_works_once(client, reset_link, fill_in):
    assert fill_in(reset_link, **NEW).status_code == 302
    assert refused(client, reset_link)


def test_reset_link_ends_when_password_changes(client, susan, reset_link):
    services.set_password(susan(), "another one")
    db.session.commit()
    assert refused(client, reset_link)


def test_reset_link_expires_after_ten_minutes(client, reset_link, monkeypatch):
    import time

    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() + 599)
    assert client.get(reset_link).status_code == 200
    monkeypatch.setattr(time, "time", lambda: now() + 602)
    assert refused(client, reset_link)


def test_reset_link_ends_when_account_is_deleted(client, susan, reset_link):
    db.session.delete(susan())
    db.session.commit()
    assert refused(client, reset_link)


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "%00", "é"])
def test_forged_reset_link_is_refused(client, token):
    response = client.get(f"/auth/reset_password?token={token}")
    assert response.status_code in (302, 400)


def test_link_for_another_purpose_is_refused(client, susan):
    token = proofs.make(proofs.ADDRESS, susan(), email="x@example.com")
    assert refused(client, f"/auth/reset_password?token={token}")


def test_reset_link_changes_nothing_on_get(client, susan, reset_link):
    for _time in range(3):  # as mail scanners do
        assert client.get(reset_link).status_code == 200
    assert matches("correct horse", susan().password_hash)


def test_reset_link_stays_valid_after_invalid_password(susan, reset_link, fill_in):
    assert fill_in(reset_link, new_password="short", new_password2="short").status_code == 400
    assert fill_in(reset_link, **NEW | {"new_password2": "other one"}).status_code == 400
    assert fill_in(reset_link, **NEW).status_code == 302


@pytest.mark.parametrize("email", ["", "notanemail", "a b@example.com"])
def test_reset_request_refuses_invalid_address(fill_in, outbox, email):
    response = fill_in("/auth/reset_password_request", email=email)
    assert response.status_code == 400
    assert "Enter a valid email address." in response.text
    assert outbox() == []


def test_reset_works_while_signed_in(client, susan, log_in, fill_in, reset_link):
    log_in("susan")
    assert client.get("/auth/reset_password_request").status_code == 200
    assert fill_in(reset_link, **NEW).headers["Location"] == "/auth/login"
    assert client.get("/settings").status_code == 302  # signed out


def test_reset_requests_are_limited_per_email_address(client, fill_in, outbox):
    for _time in range(5):
        assert fill_in("/auth/reset_password_request", email="susan@example.com").status_code == 302
    assert fill_in("/auth/reset_password_request", email="Susan@example.com").status_code == 429


def test_email_is_in_language_of_user(susan, fill_in, outbox):
    user = susan()
    user.locale = "fr"
    db.session.commit()
    fill_in("/auth/reset_password_request", email="susan@example.com")
    [(_to, subject, _link)] = outbox()
    assert subject == "Choisir un nouveau mot de passe"


@pytest.fixture
def full_disk(context):
    """Nothing can be written to the outbox."""

    def refuse(_connection, _cursor, statement, *_others):
        if "INSERT INTO outbox_mail" in statement:
            raise OperationalError(statement, {}, Exception("database or disk is full"))

    event.listen(db.engine, "before_cursor_execute", refuse)
    yield
    event.remove(db.engine, "before_cursor_execute", refuse)


def test_page_promises_no_link_that_is_not_written_down(client, susan, fill_in, full_disk):
    response = fill_in("/auth/reset_password_request", email="susan@example.com")
    assert response.status_code == 503
    assert "on its way" not in response.text + client.get("/auth/login").text


@pytest.fixture
def pending_links(susan, log_in, fill_in):
    """Susan has asked for a new password and for another address, and neither link is mailed yet."""
    log_in("susan")
    fill_in("/auth/reset_password_request", email="Susan@Example.com")
    fill_in("/settings/address", email="new@example.com", password="correct horse")


def links(mails):
    return [link for _to, _subject, link in mails if link]


def test_pending_links_are_not_mailed_after_password_changes(pending_links, susan, outbox):
    services.set_password(susan(), "another one")
    db.session.commit()
    assert links(outbox()) == []


def test_password_change_while_composing_cancels_the_link(app, pending_links, susan, outbox, monkeypatch):
    reset_password = mails.reset_password

    def change_and_compose(*arguments):
        with app.app_context():
            services.set_password(by_username("susan"), "another one")
            db.session.commit()
        return reset_password(*arguments)

    monkeypatch.setattr(mails, "reset_password", change_and_compose)
    assert links(outbox()) == []
