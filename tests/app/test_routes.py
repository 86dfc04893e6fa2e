"""Rules for all routes: GET changes nothing, and only the listed routes work without signing in."""

import re

import pytest
from flask import url_for
from sqlalchemy import event

from app.database import db

# Endpoints that change something for anonymous users, and why.
OPEN = {
    "auth.login": "the user is not signed in yet",
    "auth.register": "the user has no account yet",
    "api_users.create": "the user has no account yet",
    "auth.reset_password_request": "users who forgot their password cannot sign in",
    "auth.reset_password": "the link in the mail identifies the user",
    "settings.confirm_address": "the link in the mail identifies the user",
}
# Endpoints that answer a GET by anonymous users, and why.
PUBLIC = {
    "auth.login": OPEN["auth.login"],
    "auth.register": OPEN["auth.register"],
    "auth.reset_password_request": OPEN["auth.reset_password_request"],
    "auth.reset_password": OPEN["auth.reset_password"],
    "settings.confirm_address": OPEN["settings.confirm_address"],
    "timelines.index": "redirects to the home timeline, which requires signing in",
    "users.avatar": "drawn from the id in the URL alone; browsers cache it for all pages",
    "health.live": "the container engine has no account",
    "health.ready": "the container engine has no account",
    "well_known.favicon": "browsers ask for it on every page",
    "well_known.manifest": "browsers ask for it on every page, without cookies",
    "well_known.robots": "crawlers have no account",
    "well_known.security": "the finder of a vulnerability may have no account",
    "well_known.change_password": "redirects to a page that requires signing in",
    "api.docs": "developers read it before they have a token",
    "api-docs.openapi_json": "developers read it before they have a token",
}
# The only write that a GET may cause.
STAMP = re.compile(r"UPDATE `?user`? SET last_seen_at=\S+ WHERE")
WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE|REPLACE)\b", re.IGNORECASE)


def addresses(app, susan, method):
    """Yield endpoint and URL of every route with `method`; parameters are Susan's username and id."""
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            if method in rule.methods and not rule.endpoint.endswith("static"):
                converters = {name: type(converter).__name__ for name, converter in rule._converters.items()}
                given = {
                    name: susan.username if kind == "UnicodeConverter" else susan.id
                    for name, kind in converters.items()
                }
                yield rule.endpoint, url_for(rule.endpoint, **given)


def is_open(response):
    return response.status_code != 401 and not (response.location or "").startswith("/auth/login")


@pytest.fixture
def susan(make_user, write):
    susan = make_user("susan")
    write(susan, "hello")
    return susan


@pytest.fixture
def writes(context):
    """The writing statements that are sent to the database."""
    sent = []

    def note(_connection, _cursor, statement, *_rest):
        if WRITES.match(statement) and not STAMP.match(statement):
            sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    yield sent
    event.remove(db.engine, "before_cursor_execute", note)


def test_writing_requires_signing_in(app, client, susan, monkeypatch):
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)  # or the missing token would be refused first
    responses = {
        endpoint: client.open(address, method=method)
        for method in ("POST", "PUT", "PATCH", "DELETE")
        for endpoint, address in addresses(app, susan, method)
    }
    assert set(OPEN) <= set(responses)
    found = {endpoint: response.status for endpoint, response in responses.items() if is_open(response)}
    assert set(found) - set(OPEN) == set(), found


@pytest.mark.parametrize("signed_in", [False, True])
def test_reading_changes_nothing(app, client, susan, log_in, writes, signed_in):
    if signed_in:
        log_in("susan")
    writes.clear()
    for endpoint, address in addresses(app, susan, "GET"):
        response = client.get(address)
        assert response.status_code < 500, (endpoint, response.status)
        assert writes == [], endpoint


def test_reading_requires_signing_in(app, client, susan):
    responses = {endpoint: client.get(address) for endpoint, address in addresses(app, susan, "GET")}
    assert {endpoint for endpoint, response in responses.items() if is_open(response)} == set(PUBLIC)
