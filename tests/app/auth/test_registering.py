import re

import pytest
from sqlalchemy import select

from app.auth.services import register
from app.database import db
from app.users.models import User
from tests.fixtures.users import PASSWORD

FIELDS = {"username": "susan", "email": "susan@example.com", "password": "correct horse", "password2": "correct horse"}


@pytest.fixture
def names(context):
    """`names()`: the usernames in the database."""

    def names():
        db.session.rollback()  # end the snapshot
        return db.session.scalars(select(User.username)).all()

    return names


def error_of(field, page):
    return re.search(rf'<div id="{field}-error"[^>]*>(.*?)</div>', page.text, re.DOTALL)[1]


def test_registration_signs_in_and_welcomes(client, fill_in, names):
    response = fill_in("/auth/register", **FIELDS)
    assert (response.status_code, response.headers["Location"]) == (302, "/")
    assert names() == ["susan"]
    assert "Welcome, susan!" in client.get("/edit_profile").text


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("username", "a/b", "Use only letters from a to z"),
        ("username", "", "Enter a username."),
        ("username", "x" * 500, "Use only letters from a to z"),
        ("email", "notanemail", "Enter a valid email address."),
        ("email", "", "Enter a valid email address."),
        ("password", "short", "Use at least 8 characters."),
        ("password", "x" * 201, "Use at most 200 characters."),
        ("password2", "correct house", "The passwords don&#39;t match."),
    ],
)
def test_error_is_beside_its_field_and_input_is_kept(fill_in, names, field, value, message):
    repeated = {"password2": value} if field == "password" else {}
    response = fill_in("/auth/register", **FIELDS | {field: value} | repeated)
    assert response.status_code == 400
    assert message in error_of(field, response)
    for name in {"username", "email"} - {field}:
        assert f'value="{FIELDS[name]}"' in response.text
    assert "correct horse" not in response.text
    assert names() == []


def test_all_errors_are_shown_at_once(fill_in):
    response = fill_in("/auth/register", username="", email="", password="short", password2="shore")
    errors = {field: error_of(field, response) for field in FIELDS}
    assert "Enter a username." in errors["username"]
    assert "Enter a valid email address." in errors["email"]
    assert "Use at least 8 characters." in errors["password"]
    assert "The passwords don&#39;t match." in errors["password2"]


def test_taken_names_are_shown_with_the_other_errors(fill_in, susan, names):
    response = fill_in("/auth/register", **FIELDS | {"password": "short"})
    errors = {field: error_of(field, response) for field in FIELDS}
    assert response.status_code == 400
    assert "This username is taken." in errors["username"]
    assert "This email address is already in use." in errors["email"]
    assert "Use at least 8 characters." in errors["password"]
    assert "The passwords don&#39;t match." in errors["password2"]
    assert names() == ["susan"]


def test_both_taken_names_are_shown_at_once(fill_in, susan):
    response = fill_in("/auth/register", **FIELDS)
    assert "This username is taken." in error_of("username", response)
    assert "This email address is already in use." in error_of("email", response)


@pytest.mark.parametrize("missing", FIELDS)
def test_missing_field_is_refused(fill_in, names, missing):
    fields = {name: value for name, value in FIELDS.items() if name != missing}
    assert fill_in("/auth/register", **fields).status_code == 400
    assert names() == []


def test_taken_username_is_reported_beside_its_field(client, fill_in, make_user, names):
    make_user("Susan")
    response = fill_in("/auth/register", **FIELDS | {"email": "new@example.com"})
    assert response.status_code == 400
    assert "This username is taken." in error_of("username", response)
    assert names() == ["Susan"]


@pytest.mark.parametrize("email", ["susan@example.com", "SUSAN@example.com"])
def test_taken_email_is_reported_beside_its_field_and_input_is_kept(client, fill_in, make_user, names, email):
    make_user("susan")
    response = fill_in("/auth/register", **FIELDS | {"username": "mary", "email": email})
    assert response.status_code == 400
    assert "This email address is already in use." in error_of("email", response)
    assert 'value="mary"' in response.text
    assert f'value="{email}"' in response.text
    assert "correct horse" not in response.text
    assert names() == ["susan"]
    assert client.get("/edit_profile").status_code == 302


def test_registration_redirects_to_requested_page(fill_in):
    assert fill_in("/auth/register?next=/explore", **FIELDS).headers["Location"] == "/explore"


def test_simultaneous_equal_registrations_create_one_account(context, at_once):
    ids = at_once(*[lambda: register("susan", "susan@example.com", PASSWORD, "k" * 22).id] * 3)
    assert len(set(ids)) == 1
