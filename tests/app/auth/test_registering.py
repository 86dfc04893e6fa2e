import re

import pytest
from sqlalchemy import select

from app.database import db
from app.users.models import User

FIELDS = {"username": "susan", "email": "susan@example.com", "password": "correct horse", "password2": "correct horse"}


@pytest.fixture
def names(context):
    """The usernames that the database holds."""

    def names():
        db.session.rollback()  # what was read before may be old
        return db.session.scalars(select(User.username)).all()

    return names


def note_beside(field, page):
    return re.search(rf'<div id="{field}-error"[^>]*>(.*?)</div>', page.text, re.DOTALL)[1]


def test_whoever_registers_is_logged_in_and_welcome(client, fill_in, names):
    response = fill_in("/auth/register", **FIELDS)
    assert (response.status_code, response.headers["Location"]) == (302, "/")
    assert names() == ["susan"]
    assert "Welcome, susan!" in client.get("/edit_profile").text


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("username", "a/b", "A username is 1 to 64"),
        ("username", "", "A username is 1 to 64"),
        ("username", "x" * 500, "A username is 1 to 64"),
        ("email", "notanemail", "That is not an e-mail address."),
        ("email", "", "That is not an e-mail address."),
        ("password", "short", "at least 8 characters"),
        ("password", "x" * 201, "at most 200 characters"),
        ("password2", "correct house", "The two passwords differ."),
    ],
)
def test_what_breaks_a_rule_is_said_beside_its_field_and_the_rest_is_kept(fill_in, names, field, value, message):
    response = fill_in("/auth/register", **FIELDS | {field: value})
    assert response.status_code == 400
    assert message in note_beside(field, response)
    for name in {"username", "email"} - {field}:
        assert f'value="{FIELDS[name]}"' in response.text
    assert "correct horse" not in response.text
    assert names() == []


@pytest.mark.parametrize("missing", FIELDS)
def test_a_field_that_is_not_even_sent_is_missed(fill_in, names, missing):
    fields = {name: value for name, value in FIELDS.items() if name != missing}
    assert fill_in("/auth/register", **fields).status_code == 400
    assert names() == []


def test_a_taken_name_is_said_beside_its_field(client, fill_in, make_user, names):
    make_user("Susan")
    response = fill_in("/auth/register", **FIELDS | {"email": "new@example.com"})
    assert response.status_code == 400
    assert "This username is taken." in note_beside("username", response)
    assert names() == ["Susan"]


@pytest.mark.parametrize("email", ["susan@example.com", "SUSAN@example.com"])
def test_an_address_that_has_an_account_is_said_beside_its_field_and_the_form_is_kept(
    client, fill_in, make_user, names, email
):
    make_user("susan")
    response = fill_in("/auth/register", **FIELDS | {"username": "mary", "email": email})
    assert response.status_code == 400
    assert "This address has an account already." in note_beside("email", response)
    assert 'value="mary"' in response.text
    assert f'value="{email}"' in response.text
    assert "correct horse" not in response.text
    assert names() == ["susan"]
    assert client.get("/edit_profile").status_code == 302


def test_the_registered_come_back_to_the_page_they_wanted(fill_in):
    assert fill_in("/auth/register?next=/explore", **FIELDS).headers["Location"] == "/explore"
