"""Fixtures of the tests of sessions, emails and limits."""

import re

import pytest
from limits import parse_many

from app.auth import attempts
from app.database import db
from app.mail import transport
from app.mail.sending import Sender
from app.users.queries import by_username
from tests.fixtures.forms import csrf_token_in


@pytest.fixture
def outbox(app, monkeypatch):
    """`outbox()`: send what is in the outbox; return the emails sent so far, as (address, subject, link)."""
    sent = []

    def send(message):
        link = re.search(r"https?://\S+token=\S+", message.body)
        assert link is None or f'href="{link[0]}"' in message.alternatives[0][0]
        sent.append((message.to[0], message.subject, link and link[0]))

    monkeypatch.setattr(transport, "send", send)
    monkeypatch.setitem(app.config, "MAIL_SERVER", "mail.example")
    monkeypatch.setitem(app.config, "SITE_URL", "https://blog.example")
    sender = Sender()

    def outbox():
        with app.app_context():
            sender(is_stopping=lambda: False)
        return sent

    return outbox


@pytest.fixture
def susan(context, make_user):
    """`susan()`: the user susan, as the database holds her now."""
    make_user("susan")

    def susan():
        db.session.rollback()
        db.session.expire_all()
        return by_username("susan")

    return susan


@pytest.fixture
def device(app, susan, log_in):
    """`device(remember_me="y")`: another browser, where susan is signed in."""

    def device(**fields):
        client = app.test_client()
        log_in("susan", client=client, **fields)
        return client

    return device


def local(link):
    assert link.startswith("https://blog.example/")
    return link.removeprefix("https://blog.example")


@pytest.fixture
def browser(app):
    """`browser("192.0.2.1")`: a new browser at that address."""

    def browser(address):
        browser = app.test_client()
        browser.environ_base["REMOTE_ADDR"] = address
        return browser

    return browser


@pytest.fixture
def stranger(browser):
    return browser("192.0.2.66")


@pytest.fixture
def submit():
    """`submit(browser, page, times, **fields)`: submit the page's form; returns the statuses of the responses."""

    def submit(browser, page, times=1, **fields):
        html = browser.get(page).text
        token = csrf_token_in(html)
        return [browser.post(page, data={"csrf_token": token, **fields}).status_code for _time in range(times)]

    return submit


@pytest.fixture
def sign_in(submit):
    """`sign_in(browser, username, password)`: sign in, and out again; returns the status of the response."""

    def sign_in(browser, username="susan", password="correct horse"):
        [status] = submit(browser, "/auth/login", username=username, password=password)
        browser.delete_cookie("microblog")
        return status

    return sign_in


@pytest.fixture
def guess(submit):
    """`guess(browser, times, username)`: send wrong passwords; returns the statuses of the responses."""

    def guess(browser, times, username="susan"):
        return submit(browser, "/auth/login", times, username=username, password="wrong horse")

    return guess


@pytest.fixture
def ask(submit):
    """`ask(browser, times, email)`: request password resets; returns the statuses of the responses."""

    def ask(browser, times=1, email="susan@example.com"):
        return submit(browser, "/auth/reset_password_request", times, email=email)

    return ask


@pytest.fixture
def few_guesses(monkeypatch):
    """Let an account be guessed 20 times an hour over all addresses, instead of 100 times."""
    monkeypatch.setitem(attempts.BY_ACCOUNT, attempts.PASSWORDS, parse_many("20 per hour"))
