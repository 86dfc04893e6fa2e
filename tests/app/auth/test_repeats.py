"""Second clicks on forms that send a link, use it up or end the session."""

import itertools

import pytest
from sqlalchemy import func, select, update

from app.auth import links, proofs
from app.auth.services import set_password
from app.database import db, utc_now
from app.deletion import services as deletion
from app.mail.models import FAILED, SENT, OutboxMail
from app.mail.services import ARRIVAL
from app.users.queries import by_username
from app.web.forms import new_form_key
from tests.fixtures.forms import csrf_token_in
from tests.fixtures.users import PASSWORD

NEW = {"new_password": "battery staple", "new_password2": "battery staple"}
NAMES = itertools.count()


def count_mails():
    db.session.rollback()
    return db.session.scalar(select(func.count(OutboxMail.id)))


@pytest.fixture
def open_form(app, make_user, log_in):
    """`open_form()`: a new user's form for a new password, as two browsers with the same cookies submit it."""

    def open_form():
        browser = app.test_client()
        username = f"susan{next(NAMES)}"
        make_user(username)
        log_in(username, client=browser)
        token = csrf_token_in(browser.get("/settings/password").text)
        return browser, {"csrf_token": token, "form_key": new_form_key(), "password": PASSWORD, **NEW}

    return open_form


def test_clicks_on_change_password_at_any_moment_have_one_result(interleave, open_form, copy_of):
    def click(given):
        browser, data = given
        answer = copy_of(browser).post("/settings/password", data=data)
        return answer.status_code, answer.location

    results = interleave(open_form, click, click)
    assert len(results) > 10
    assert {answer for pair in results for answer in pair} == {(302, "/settings")}


def test_repeated_password_form_signs_nobody_in_after_another_change(open_form, copy_of):
    browser, data = open_form()
    waiting = copy_of(browser)
    browser.post("/settings/password", data=data)
    user = by_username(f"susan{next(NAMES) - 1}")
    set_password(user, "other staple")
    db.session.commit()
    assert waiting.post("/settings/password", data=data).location.startswith("/auth/login")
    assert waiting.get("/settings").status_code == 302


def test_repeated_password_form_needs_its_session(app, open_form):
    browser, data = open_form()
    browser.post("/settings/password", data=data)
    other = app.test_client()
    assert other.post("/settings/password", data=data).location.startswith("/auth/login")
    assert other.get("/settings").status_code == 302


@pytest.mark.parametrize("change", [{"form_key": "k" * 22}, {"form_key": ""}, dict.fromkeys(NEW, "other staple")])
def test_used_reset_link_is_refused_for_another_form(client, susan, change):
    link = f"/auth/reset_password?token={proofs.make(proofs.RESET, susan())}"
    token = csrf_token_in(client.get(link).text)
    data = {"csrf_token": token, "form_key": new_form_key(), **NEW}
    assert client.post(link, data=data).location == "/auth/login"
    assert client.post(link, data=data | change).location == "/auth/reset_password_request"


@pytest.mark.parametrize("state", ["cancelled", FAILED, SENT])
def test_link_that_did_not_arrive_is_mailed_again(client, susan, read_form, send_form, state):
    form = read_form(client.get("/auth/reset_password_request"), "email")
    send_form("/auth/reset_password_request", form, email="susan@example.com")
    if state == "cancelled":
        links.cancel(susan())
    else:
        db.session.execute(update(OutboxMail).values(state=state, ended_at=utc_now() - ARRIVAL))
    db.session.commit()
    mails = count_mails()
    send_form("/auth/reset_password_request", form, email="susan@example.com")
    assert count_mails() == mails + 1


def test_link_that_was_just_sent_is_not_mailed_again(client, susan, read_form, send_form):
    form = read_form(client.get("/auth/reset_password_request"), "email")
    for _click in range(2):
        send_form("/auth/reset_password_request", form, email="susan@example.com")
        db.session.execute(update(OutboxMail).values(state=SENT, ended_at=utc_now(), recipient=""))
        db.session.commit()
    assert count_mails() == 1


def test_account_deleted_twice_is_mailed_once(susan):
    first = deletion.request_deletion(susan())
    db.session.commit()
    assert deletion.request_deletion(susan()) == first
    assert count_mails() == 1
