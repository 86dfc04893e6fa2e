import re

import pytest

from app.auth.services import MAX_TOKENS, issue_token
from app.database import db
from app.users.passwords import matches
from app.users.queries import by_username

CHANGE = {"password": "correct horse", "new_password": "battery staple", "new_password2": "battery staple"}


@pytest.fixture
def susan_has(make_user):
    """`susan_has("…")`: whether this is susan's password now."""
    make_user("susan")

    def susan_has(password):
        db.session.rollback()
        return matches(password, by_username("susan").password_hash)

    return susan_has


@pytest.fixture
def elsewhere(app, susan_has, log_in):
    """Another browser where susan is signed in and remembered."""
    browser = app.test_client()
    log_in("susan", client=browser, remember_me="y")
    return browser


def is_logged_in(client):
    return client.get("/settings").status_code == 200


def test_tokens_are_shown_in_pages_and_limited(client, make_user, log_in, fill_in):
    susan = make_user("susan")
    ids = [issue_token(susan, f"token {number}")[1].id for number in range(MAX_TOKENS)][::-1]
    db.session.commit()
    log_in("susan")
    shown, path = [], "/settings/tokens"
    while path:
        page = client.get(path).text
        shown.append([int(number) for number in re.findall(r"/settings/tokens/(\d+)/revoke", page)])
        older = re.search(r'rel="next" href="([^"]+)"', page)
        path = older[1] if older else None
    assert [len(part) for part in shown] == [25] * 4
    assert [number for part in shown for number in part] == ids
    refused = fill_in("/settings/tokens", name="one more")
    assert refused.status_code == 400
    assert "You have 100 API tokens." in refused.text
    assert 'value="one more"' in refused.text


@pytest.mark.parametrize("path", ["/settings", "/settings/password"])
def test_settings_need_sign_in(client, path):
    assert client.get(path).headers["Location"] == f"/auth/login?next={path}"


def test_password_change_ends_all_other_sessions(client, susan_has, elsewhere, log_in, fill_in):
    log_in("susan")
    assert fill_in("/settings/password", **CHANGE).headers["Location"] == "/settings"
    assert susan_has("battery staple")
    assert is_logged_in(client)
    assert not is_logged_in(elsewhere)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"password": "wrong horse"}, "Wrong password. Try again."),
        ({"password": ""}, "Enter your password."),
        ({"new_password": "short", "new_password2": "short"}, "Use at least 8 characters."),
        ({"new_password2": "battery stable"}, "The passwords don&#39;t match."),
    ],
)
def test_password_change_is_refused(client, susan_has, elsewhere, log_in, fill_in, fields, message):
    log_in("susan")
    response = fill_in("/settings/password", **CHANGE | fields)
    assert response.status_code == 400
    assert message in response.text
    assert susan_has("correct horse")
    assert is_logged_in(elsewhere)


def test_sign_out_everywhere_else_keeps_this_session(client, susan_has, elsewhere, log_in, fill_in):
    log_in("susan", remember_me="y")
    assert fill_in("/settings", to="/settings/log_out_everywhere").status_code == 302
    assert is_logged_in(client)
    assert not is_logged_in(elsewhere)
    client.delete_cookie("microblog")  # as a browser that is closed
    assert is_logged_in(client)  # still remembered


def test_password_change_does_not_make_session_remembered(client, susan_has, log_in, fill_in):
    log_in("susan")
    fill_in("/settings/password", **CHANGE)
    client.delete_cookie("microblog")
    assert not is_logged_in(client)


def test_token_is_shown_once_and_can_be_revoked(client, susan_has, log_in, fill_in):
    log_in("susan")
    page = fill_in("/settings/tokens", name="My <b>phone</b>")
    assert page.status_code == 201
    assert page.headers["Cache-Control"] == "no-store"
    token = re.search(r"<code>([\w-]{43})</code>", page.text)[1]
    asked = {"headers": {"Authorization": f"Bearer {token}"}}
    assert client.get("/api/tokens", **asked).json["items"][0]["name"] == "My <b>phone</b>"
    page = client.get("/settings/tokens").text
    assert "<bdi>My &lt;b&gt;phone&lt;/b&gt;</bdi>" in page
    assert token not in page
    revoke = re.search(r'action="(/settings/tokens/\d+/revoke)"', page)[1]
    assert fill_in("/settings/tokens", to=revoke).headers["Location"] == "/settings/tokens"
    assert client.get("/api/tokens", **asked).status_code == 401


def test_token_of_another_user_cannot_be_revoked(client, make_user, susan_has, log_in, fill_in):
    token, row = issue_token(make_user("john"))
    db.session.commit()
    log_in("susan")
    fill_in("/settings/tokens", to=f"/settings/tokens/{row.id}/revoke")
    assert client.get("/api/tokens", headers={"Authorization": f"Bearer {token}"}).status_code == 200


def test_invalid_token_name_creates_no_token(client, susan_has, log_in, fill_in):
    log_in("susan")
    response = fill_in("/settings/tokens", name="x" * 65)
    assert response.status_code == 400
    assert "Revoke" not in response.text
