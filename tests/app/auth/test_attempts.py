"""Limits of an account that anyone can use up from outside."""

import io
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from app.database import db
from app.users import passwords
from app.users.email_addresses import EMAIL_MAX_TYPED
from app.users.services import create_user
from tests.fixtures.forms import csrf_token_in

MINUTE = 60  # seconds
SENT = "a link is on its way"


def test_guesses_elsewhere_do_not_lock_an_account(susan, stranger, browser, guess, sign_in):
    assert guess(stranger, 12) == [400] * 10 + [429] * 2
    assert sign_in(stranger) == 429
    assert sign_in(browser("192.0.2.1")) == 302


def test_guesses_from_many_addresses_are_limited_for_unknown_browsers(susan, browser, guess, sign_in, few_guesses):
    known = browser("192.0.2.1")
    assert sign_in(known) == 302
    for number in range(2):
        assert guess(browser(f"198.51.100.{number}"), 10) == [400] * 10
    assert sign_in(browser("203.0.113.1")) == 429
    assert sign_in(known) == 302


NAMES = ["susan", "SUSAN", " susan ", "susan@example.com", "Susan@EXAMPLE.com", "susan@ｅxample.com"]


@pytest.mark.parametrize("name", NAMES)
def test_guesses_count_for_an_account_however_it_is_named(susan, stranger, guess, name):
    assert guess(stranger, 10) == [400] * 10
    assert guess(stranger, 1, name) == [429]


@pytest.mark.parametrize("name", ["nobody", "NOBODY ", "no body", "nobody@example.com", "x" * 5000, "é" * 300, "<>"])
def test_unknown_names_are_limited_alike(stranger, guess, name):
    assert guess(stranger, 12, name) == [400] * 10 + [429] * 2


LONG = "a" + "\u0301\u0327" * 5000  # normalizing it takes the square of its length


@pytest.mark.parametrize("name", [LONG, f"{LONG}@example.com"], ids=["username", "address"])
@pytest.mark.parametrize("path", ["/auth/login", "/auth/register", "/auth/reset_password_request", "/api/users"])
def test_long_names_are_cut_before_they_are_normalized(stranger, submit, worked_on, path, name):
    fields = {"username": name, "email": name, "password": "correct horse", "password2": "correct horse"}
    if path == "/api/users":
        assert stranger.post(path, json=fields).status_code == 400
    else:
        assert submit(stranger, path, **fields) == [400]
    assert max(worked_on, default=0) <= EMAIL_MAX_TYPED


def test_guesses_by_page_and_api_count_together(susan, stranger, guess, sign_in):
    assert guess(stranger, 5) == [400] * 5
    for _time in range(5):
        assert stranger.post("/api/tokens", auth=("susan@example.com", "wrong horse")).status_code == 401
    assert sign_in(stranger) == 429
    assert stranger.post("/api/tokens", auth=("susan", "correct horse")).status_code == 429


@pytest.fixture
def send_at_once(app, monkeypatch, eventually):
    """`send_at_once(times, password)`: send susan's password by as many clients, before the first is hashed.

    Returns the sorted statuses of the responses.
    """
    hashing, check = threading.Event(), passwords.check_password_hash

    def wait(*arguments):
        hashing.wait(10)
        return check(*arguments)

    def count_hashing():
        return passwords.MOST_AT_ONCE - passwords._places._value

    def send_at_once(times, password):
        monkeypatch.setattr(passwords, "check_password_hash", wait)

        def send(_client):
            return app.test_client().post("/api/tokens", auth=("susan", password)).status_code

        with ThreadPoolExecutor(times) as pool:
            sent = [pool.submit(send, client) for client in range(times)]
            eventually(lambda: count_hashing() + sum(answer.done() for answer in sent) == times)
            hashing.set()
            return sorted(answer.result() for answer in sent)

    return send_at_once


def test_simultaneous_guesses_do_not_exceed_the_limit(susan, client, guess, send_at_once):
    assert guess(client, 9) == [400] * 9
    assert send_at_once(8, "wrong horse") == [401] + [429] * 7


def test_simultaneous_right_passwords_pass(susan, send_at_once):
    assert send_at_once(8, "correct horse") == [200] * 8


@pytest.mark.parametrize("password", ["correct horse", "wrong horse"])
def test_guess_as_json_or_with_a_file_is_refused_unread(susan, stranger, password):
    page = stranger.get("/auth/login").text
    fields = {"username": "susan", "password": password}
    fields["csrf_token"] = csrf_token_in(page)
    assert stranger.post("/auth/login", json=fields).status_code == 415
    file = {"photo": (io.BytesIO(b"x"), "x.png")}
    assert stranger.post("/auth/login", data=fields | file).status_code == 400


def test_resets_asked_elsewhere_do_not_stop_those_of_the_owner(susan, stranger, browser, ask, outbox):
    assert ask(stranger, 7) == [302] * 5 + [429] * 2
    assert ask(browser("192.0.2.1")) == [302]
    assert len(outbox()) == 6


EMAILS = ["susan@ｅxample.com", "SUSAN@Example.COM", " susan@example.com"]


@pytest.mark.parametrize("email", EMAILS)
def test_resets_count_for_an_address_however_it_is_written(susan, stranger, ask, outbox, email):
    assert ask(stranger, 5) == [302] * 5
    assert ask(stranger, 1, email) == [429]
    assert len(outbox()) == 5


def test_resets_count_for_an_address_with_dots_and_a_plus(context, stranger, ask):
    create_user("mary", "Mary.Jane+blog@example.com", "correct horse")
    db.session.commit()
    assert ask(stranger, 5, "mary.jane+BLOG@EXAMPLE.com") == [302] * 5
    assert ask(stranger, 1, "Mary.Jane+blog@example.com") == [429]
    assert ask(stranger, 1, "mary.jane@example.com") == [302]  # another mailbox


def test_resets_for_unknown_addresses_are_limited_alike(stranger, ask):
    assert ask(stranger, 7, "nobody@example.com") == [302] * 5 + [429] * 2


def test_resets_from_many_addresses_leave_a_valid_link(susan, browser, ask, outbox, client, monkeypatch):
    """Over the limit the answer is the same; when links expire, mails go out again."""
    for number in range(4):
        assert ask(browser(f"198.51.100.{number}"), 5) == [302] * 5
    last = browser("203.0.113.1")
    assert ask(last) == [302]
    assert SENT in last.get("/auth/login").text
    mails = outbox()
    assert len(mails) == 10
    assert client.get(mails[-1][2].removeprefix("https://blog.example")).status_code == 200
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() + 10 * MINUTE)
    assert ask(browser("203.0.113.2")) == [302]
    assert len(outbox()) == 11


REGISTER, TAKEN = "/auth/register", {"email": "susan@example.com", "username": "susan"}


def test_registrations_of_a_stranger_do_not_stop_those_of_the_owner(context, stranger, browser, submit):
    assert submit(stranger, REGISTER, 21, **TAKEN) == [400] * 20 + [429]
    passwords = {"password": "correct horse", "password2": "correct horse"}
    assert submit(browser("192.0.2.1"), REGISTER, **TAKEN, **passwords) == [302]


def test_registrations_by_page_and_api_count_together(context, stranger, submit):
    refused = TAKEN | {"password": "", "email": "SUSAN@example.com"}
    assert submit(stranger, REGISTER, 10, **TAKEN) == [400] * 10
    assert [stranger.post("/api/users", json=refused).status_code for _time in range(11)] == [400] * 10 + [429]
    assert submit(stranger, REGISTER, **TAKEN) == [429]


def test_confirmation_mails_to_one_address_are_limited_over_accounts(make_user, browser, log_in, submit, outbox):
    statuses = []
    for name in ("susan", "john", "mary"):
        make_user(name)
        own = browser("192.0.2.1")
        log_in(name, client=own)
        statuses += submit(own, "/settings/address", 8, email="Victim@example.com", password="correct horse")
    assert statuses == [302] * 20 + [429] * 4
    assert len(outbox()) == 20
