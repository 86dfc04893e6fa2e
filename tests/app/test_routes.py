"""What holds for every route: what changes something is not a GET, and asks who it is."""

import re

import pytest
from flask import url_for
from sqlalchemy import event

from app.database import db

# Those that change something for whoever asks, and why they may.
OPEN = {
    "auth.login": "who logs in is not logged in yet",
    "auth.register": "who registers has no account yet",
    "api_users.create": "who registers has no account yet",
    "auth.reset_password_request": "who forgot the password can't log in",
    "auth.reset_password": "the link of the mail says who it is",
    "settings.confirm_address": "the link of the mail says who it is",
}
# Those that show something to whoever asks, and why they may.
PUBLIC = {
    "auth.login": OPEN["auth.login"],
    "auth.register": OPEN["auth.register"],
    "auth.reset_password_request": OPEN["auth.reset_password_request"],
    "auth.reset_password": OPEN["auth.reset_password"],
    "settings.confirm_address": OPEN["settings.confirm_address"],
    "timelines.index": "it leads to the home timeline, which asks",
    "users.avatar": "a picture for everybody who reads its number; browsers keep it for all pages",
    "health.live": "the engine has no account",
    "health.ready": "the engine has no account",
    "api.docs": "whoever writes a program reads it first",
    "api-docs.openapi_json": "whoever writes a program reads it first",
}
# The one thing that a page may write by being read; it is of no consequence to anybody else.
STAMP = re.compile(r"UPDATE `?user`? SET last_seen_at=\S+ WHERE")
WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE|REPLACE)\b", re.IGNORECASE)


def addresses(app, susan, method):
    """Endpoint and address of every route that takes `method`; what is named in an address is Susan or hers."""
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            if method in rule.methods and not rule.endpoint.endswith("static"):
                converters = {name: type(converter).__name__ for name, converter in rule._converters.items()}
                given = {
                    name: susan.username if kind == "UnicodeConverter" else susan.id
                    for name, kind in converters.items()
                }
                yield rule.endpoint, url_for(rule.endpoint, **given)


def lets_in(answer):
    return answer.status_code != 401 and not (answer.location or "").startswith("/auth/login")


@pytest.fixture
def susan(make_user, write):
    susan = make_user("susan")
    write(susan, "hello")
    return susan


@pytest.fixture
def writes(context):
    """The statements that change something, as they are sent to the database."""
    sent = []

    def note(_connection, _cursor, statement, *_rest):
        if WRITES.match(statement) and not STAMP.match(statement):
            sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield sent
    event.remove(db.engine, "before_cursor_execute", note)


def test_what_changes_something_asks_for_a_login(app, client, susan, monkeypatch):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)  # or its absence would be what is refused
    answers = {
        endpoint: client.open(address, method=method)
        for method in ("POST", "PUT", "PATCH", "DELETE")
        for endpoint, address in addresses(app, susan, method)
    }
    assert set(OPEN) <= set(answers)
    let_in = {endpoint: answer.status for endpoint, answer in answers.items() if lets_in(answer)}
    assert set(let_in) - set(OPEN) == set(), let_in


@pytest.mark.parametrize("logged_in", [False, True])
def test_reading_changes_nothing(app, client, susan, log_in, writes, logged_in):
    if logged_in:
        log_in("susan")
    writes.clear()
    for endpoint, address in addresses(app, susan, "GET"):
        answer = client.get(address)
        assert answer.status_code < 500, (endpoint, answer.status)
        assert writes == [], endpoint


def test_what_is_read_asks_for_a_login_too(app, client, susan):
    answers = {endpoint: client.get(address) for endpoint, address in addresses(app, susan, "GET")}
    assert {endpoint for endpoint, answer in answers.items() if lets_in(answer)} == set(PUBLIC)
