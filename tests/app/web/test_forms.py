"""All forms: with a bad CSRF token nothing is written and nothing that was typed is lost."""

import re

import pytest
from flask import url_for
from sqlalchemy import select

from app.database import db
from tests.fixtures.forms import csrf_token_in

STALE = "This page has expired and nothing was saved"


def all_rows():
    """Return the rows of all tables, by table."""
    db.session.rollback()
    return {table.name: db.session.execute(select(table)).all() for table in db.metadata.sorted_tables}


def writing_routes(app):
    """Yield the path and method of every route that writes, the API's excepted."""
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            values = {name: 1 if re.search(rf"<(int|id):{name}>", rule.rule) else "john" for name in rule.arguments}
            for method in rule.methods & {"POST", "PUT", "PATCH", "DELETE"}:
                if not rule.rule.startswith("/api/"):
                    yield url_for(rule.endpoint, **values), method


FIELDS = {
    "email": "x@example.com", "password": "correct horse", "password2": "correct horse",
    "display_name": "X", "about_me": "X", "locale": "", "body": "X",
}  # fmt: skip


@pytest.mark.parametrize("username", ["john", "new_user"])
@pytest.mark.parametrize("token", [None, "", "forged"], ids=["no token", "empty token", "forged token"])
@pytest.mark.parametrize("signed_in", [True, False], ids=["signed in", "signed out"])
def test_no_route_writes_without_a_valid_csrf_token(app, client, make_user, log_in, username, token, signed_in):
    make_user("john")
    make_user("susan")
    if signed_in:
        log_in("susan")
    fields = FIELDS | {"username": username} | ({} if token is None else {"csrf_token": token})
    before = all_rows()
    routes = list(writing_routes(app))
    assert ("/auth/logout", "POST") in routes
    for path, method in routes:
        response = client.open(path, method=method, data=fields)
        assert response.status_code in (400, 302), path  # 302: not signed in, or an invalid link of an email
    assert all_rows() == before
    assert (client.get("/edit_profile").status_code == 200) is signed_in


def test_stale_form_is_shown_again_with_what_was_typed(client):
    typed = {
        "username": "susan",
        "email": "susan@example.com",
        "password": "correct horse",
        "password2": "correct horse",
    }
    page = client.post("/auth/register", data=typed)
    assert page.status_code == 400
    assert STALE in page.text
    assert 'value="susan"' in page.text
    assert 'value="susan@example.com"' in page.text
    assert "correct horse" not in page.text


def test_stale_form_is_accepted_when_submitted_again(client, fill_in, make_user):
    make_user("susan")
    client.post("/auth/login", data={"username": "susan", "password": "correct horse", "csrf_token": "old"})
    assert fill_in("/auth/login", username="susan", password="correct horse").status_code == 302


def test_csrf_token_of_an_earlier_session_is_stale(client, fill_in, make_user, log_in):
    """As of a page left open in another tab while the user signs in again."""
    make_user("susan")
    log_in("susan")
    token = csrf_token_in(client.get("/edit_profile").text)
    with client.session_transaction() as session:
        del session["csrf_token"]
    response = client.post("/edit_profile", data={"username": "susan2", "about_me": "typed", "csrf_token": token})
    assert response.status_code == 400
    assert STALE in response.text
    assert "typed" in response.text
