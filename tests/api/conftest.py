"""Requests to the API."""

import base64

import pytest
from sqlalchemy import func, select

from app.auth.services import issue_token
from app.database import db
from app.mail.models import OutboxMail
from tests.fixtures.users import PASSWORD


@pytest.fixture
def token_of(context):
    """`token_of(user)`: issue and commit an API token; returns it."""

    def token_of(user):
        token, _kept = issue_token(user)
        db.session.commit()
        return token

    return token_of


@pytest.fixture
def api(client, susan, token_of):
    """`api("GET", "/users", …)`: send a request as susan, or with another `token`; returns the response."""
    own = token_of(susan)

    def api(method, path, json=None, token=own, **options):
        headers = {"Authorization": f"Bearer {token}"} | options.pop("headers", {})
        return client.open(f"/api{path}", method=method, json=json, headers=headers, **options)

    return api


@pytest.fixture
def basic():
    """`basic("susan", password)`: returns the header of basic authentication."""

    def basic(username, password=PASSWORD):
        return {"Authorization": "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()}

    return basic


@pytest.fixture
def mails_waiting(context):
    """`mails_waiting()`: return how many mails are in the outbox."""

    def mails_waiting():
        db.session.rollback()
        return db.session.scalar(select(func.count()).select_from(OutboxMail))

    return mails_waiting
