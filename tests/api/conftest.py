import base64

import pytest

from app.auth.services import issue_token
from app.database import db
from app.posts.services import create_post


@pytest.fixture
def token_of(context):
    """`token_of(user)`: a valid token of theirs."""

    def token_of(user):
        token, _kept = issue_token(user)
        db.session.commit()
        return token

    return token_of


@pytest.fixture
def susan(make_user):
    return make_user("susan")


@pytest.fixture
def john(make_user):
    return make_user("john")


@pytest.fixture
def api(client, susan, token_of):
    """`api("GET", "/users", …)`: ask the API as susan, or with another `token`."""
    hers = token_of(susan)

    def api(method, path, json=None, token=hers, **options):
        headers = {"Authorization": f"Bearer {token}"} | options.pop("headers", {})
        return client.open(f"/api{path}", method=method, json=json, headers=headers, **options)

    return api


@pytest.fixture
def basic():
    """`basic("susan", password)`: the header that says so."""

    def basic(username, password="correct horse"):
        return {"Authorization": "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()}

    return basic


@pytest.fixture
def write():
    """`write(author, body)`: a post by them, committed."""

    def write(author, body):
        post = create_post(author.id, body)
        db.session.commit()
        return post

    return write
