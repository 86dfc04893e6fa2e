"""Attempts on accounts in the log: one line each, with the account, the client's address and the request's id."""

import base64
import logging

import pytest

from app import logs
from app.auth.services import issue_token
from app.database import db, utc_now
from tests.fixtures.users import PASSWORD

ID = "request-id-1"


@pytest.fixture
def susan(make_user):
    return make_user("susan")


@pytest.fixture
def logged(client):
    """`logged()`: the lines that the requests of `client`, whose id is ID, have logged."""
    client.environ_base.update(REMOTE_ADDR="192.0.2.7", HTTP_X_REQUEST_ID=ID)
    lines = []

    class Keep(logging.Handler):
        def emit(self, record):
            lines.append(self.format(record))

    handler = Keep()
    handler.setFormatter(logs.Text())
    logging.getLogger("app").addHandler(handler)
    yield lambda: lines
    logging.getLogger("app").removeHandler(handler)


@pytest.fixture
def sign_in(client, fill_in):
    """`sign_in("page", "susan", password)`: send them to the page or to the API."""

    def sign_in(way, name, password):
        if way == "page":
            return fill_in("/auth/login", username=name, password=password)
        credentials = base64.b64encode(f"{name}:{password}".encode()).decode()
        return client.post("/api/tokens", headers={"Authorization": f"Basic {credentials}"})

    return sign_in


def line(event, account):
    return f"WARNING app.auth.services [{ID}]: {event}: {account}, address 192.0.2.7"


@pytest.mark.parametrize("name", ["susan", "SUSAN", "susan@example.com"])
@pytest.mark.parametrize("way", ["page", "api"])
def test_wrong_password_is_logged_with_the_account(susan, sign_in, logged, way, name):
    sign_in(way, name, "hidden horse")
    assert logged() == [line("sign-in failed", f"user {susan.id} @susan")]


@pytest.mark.parametrize("name", ["correct horse", "nobody", "x\n192.0.2.9 forged", "é@example.com", "\u2028x" * 300])
@pytest.mark.parametrize("way", ["page", "api"])
def test_unknown_name_is_not_logged(susan, sign_in, logged, way, name):
    """It may be a password, typed into the wrong field."""
    sign_in(way, name, "wrong")
    assert logged() == [line("sign-in failed", "no such account")]


def test_right_password_and_missing_credentials_are_not_logged(client, susan, log_in, sign_in, logged):
    assert sign_in("api", "susan", PASSWORD).status_code == 200
    assert client.post("/api/tokens").status_code == 401
    assert client.get("/api/users").status_code == 401
    log_in("susan")
    assert logged() == []


def test_sign_in_over_the_limit_is_logged(susan, sign_in, logged):
    for _guess in range(11):
        sign_in("api", "susan", "hidden horse")
    account = f"user {susan.id} @susan"
    assert logged() == [line("sign-in failed", account)] * 10 + [line("sign-in limited", account)]


def test_wrong_password_in_the_settings_is_logged(susan, log_in, fill_in, logged):
    log_in("susan")
    fill_in("/settings/password", password="hidden", new_password="battery staple", new_password2="battery staple")
    fill_in("/settings/address", email="new@example.com", password="hidden")
    assert logged() == [line("wrong password", f"user {susan.id} @susan")] * 2


def test_invalid_token_is_logged_without_the_token(client, susan, logged):
    token, row = issue_token(susan)
    row.expires_at = utc_now()
    db.session.commit()
    for sent in (token, "hidden"):
        client.get("/api/users", headers={"Authorization": f"Bearer {sent}"})
    refused = "API token refused: unknown, revoked or expired, address 192.0.2.7"
    assert logged() == [f"WARNING app.api.contract [{ID}]: {refused}"] * 2
