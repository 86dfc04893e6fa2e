"""Passwords by every way in: pages, the API and commands treat them alike."""

import pytest

from app.auth import proofs
from app.auth.services import issue_token
from app.database import db
from app.users.passwords import matches
from app.users.queries import by_username

EASY = "This password is easy to guess"
USER = {"username": "mary", "email": "mary@example.com"}


@pytest.fixture
def register(client, fill_in):
    return lambda password: fill_in("/auth/register", **USER, password=password, password2=password)


@pytest.fixture
def change(client, fill_in, log_in, susan):
    def change(password, repeated=None):
        log_in("susan")
        new = {"new_password": password, "new_password2": repeated or password}
        return fill_in("/settings/password", password="correct horse", **new)

    return change


@pytest.fixture
def reset(client, fill_in, susan):
    def reset(password, repeated=None):
        page = f"/auth/reset_password?token={proofs.make(proofs.RESET, susan())}"
        return fill_in(page, new_password=password, new_password2=repeated or password)

    return reset


@pytest.mark.parametrize("way", ["register", "change", "reset"])
@pytest.mark.parametrize("password", ["Password1", "susan@example.com", "mary@example.com"])
def test_guessable_password_is_refused_by_pages(request, way, password):
    own = "mary@example.com" if way == "register" else "susan@example.com"
    page = request.getfixturevalue(way)(password)
    if "@" not in password or password == own:
        assert page.status_code == 400
        assert EASY in page.text
    else:
        assert page.status_code == 302


@pytest.mark.parametrize("way", ["change", "reset"])
def test_new_password_shows_all_its_errors_at_once(request, susan, way):
    page = request.getfixturevalue(way)("short", "shore")
    assert page.status_code == 400
    assert "Use at least 8 characters." in page.text
    assert "The passwords don&#39;t match." in page.text
    assert matches("correct horse", susan().password_hash)


def test_guessable_password_is_refused_by_the_api(client, context):
    answer = client.post("/api/users", json=USER | {"password": "Mary@Example.com"})
    assert answer.status_code == 400
    assert answer.json["message"].startswith(f"password: {EASY}")


def test_guessable_password_is_refused_by_commands(flask, susan):
    output, code = flask("user", "create", "mary", "mary@example.com", "--password-stdin", input="12345678\n")
    assert (code, EASY in output) == (1, True)
    output, code = flask("user", "reset-password", "susan", "--password-stdin", input="susan2026\n")
    assert (code, EASY in output) == (1, True)


def test_rule_is_told_where_a_password_is_chosen(client, log_in, susan):
    rule = "Not a common password, a sequence, your name or your email address."
    pages = ["/auth/register", f"/auth/reset_password?token={proofs.make(proofs.RESET, susan())}"]
    assert all(rule in client.get(page).text for page in pages)
    log_in("susan")
    assert rule in client.get("/settings/password").text


def test_former_password_that_is_guessable_still_signs_in(client, susan, fill_in):
    from app.users.passwords import hashed

    susan().password_hash = hashed("        ")
    db.session.commit()
    assert fill_in("/auth/login", username="susan", password="        ").status_code == 302


@pytest.mark.parametrize("blank", [" " * 8, "\t" * 8, "\u3000" * 8, "\u200b" * 9], ids=ascii)
def test_blank_password_is_refused_everywhere(client, register, flask, blank):
    page = register(blank)
    assert page.status_code == 400
    assert "not only spaces" in page.text
    assert client.post("/api/users", json=USER | {"password": blank}).status_code == 400
    output, code = flask("user", "create", "mary", "mary@example.com", "--password-stdin", input=f"{blank}\n")
    assert (code, "not only spaces" in output) == (1, True)


PASSWORDS = ["  correct ", "\tcorrect\t", "\u3000correct\u3000", "cafe\u0301 noir"]


@pytest.mark.parametrize("password", PASSWORDS, ids=ascii)
@pytest.mark.parametrize("way", ["page", "api", "command"])
def test_password_signs_in_as_it_was_typed(app, client, fill_in, register, flask, way, password):
    if way == "page":
        assert register(password).status_code == 302
    elif way == "api":
        assert client.post("/api/users", json=USER | {"password": password}).status_code == 201
    else:
        flask("user", "create", "mary", "mary@example.com", "--password-stdin", input=f"{password}\n")
    other = app.test_client()
    assert other.post("/api/tokens", auth=("mary", password)).status_code == 200
    assert fill_in("/auth/login", client=other, username="mary", password=password.strip() + "x").status_code == 400
    assert fill_in("/auth/login", client=other, username="mary", password=password).status_code == 302
    if password != password.strip():
        assert other.post("/api/tokens", auth=("mary", password.strip())).status_code == 401


def test_email_change_takes_the_password_as_it_was_typed(client, context, register, fill_in):
    register("  correct ")
    assert fill_in("/settings/address", email="new@example.com", password="correct").status_code == 400
    token, _row = issue_token(by_username("mary"))
    db.session.commit()
    mine = f"/api/users/{by_username('mary').id}"
    change = {"email": "new@example.com", "password": "  correct "}
    assert client.put(mine, json=change, headers={"Authorization": f"Bearer {token}"}).status_code == 200
