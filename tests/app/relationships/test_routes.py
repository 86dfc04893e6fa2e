import re

import pytest
from sqlalchemy import func, select

from app.auth.services import end_sessions
from app.database import db
from app.relationships.models import Follow


def number_of_follows():
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Follow))


@pytest.fixture
def script(client):
    """`script("/follow/John", page="/user/John")`: the answer to js/follow.js on that page."""

    def script(to, page, **headers):
        token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(page, follow_redirects=True).text)[1]
        return client.post(to, data={"csrf_token": token}, headers={"X-Requested-With": "fetch", **headers})

    return script


@pytest.fixture
def susan(susan, log_in):
    """The user, signed in."""
    log_in("susan")
    return susan


def test_profile_follows_and_unfollows(client, susan, make_user, fill_in):
    make_user("John")
    page = client.get("/user/John").text
    assert 'formaction="/follow/John"' in page
    assert "0 followers" in page

    response = fill_in("/user/John", to="/follow/John", next="/user/John")
    assert (response.status_code, response.location) == (302, "/user/John")
    page = client.get("/user/John").text
    assert 'formaction="/unfollow/John"' in page
    assert "1 follower<" in page
    assert "Followed" in page

    fill_in("/user/John", to="/unfollow/john")
    assert "Unfollowed \u2068John\u2069." in client.get("/").text
    assert 'formaction="/follow/John"' in client.get("/user/John").text


def test_home_timeline_shows_posts_of_followed_users(client, susan, make_user, write, fill_in):
    write(make_user("john"), "Hello from John")
    fill_in("/user/john", to="/follow/john")
    assert "Hello from John" in client.get("/").text
    fill_in("/user/john", to="/unfollow/john")
    assert "Hello from John" not in client.get("/").text


@pytest.mark.parametrize("action", ["follow", "unfollow"])
def test_follow_and_unfollow_are_idempotent(susan, make_user, fill_in, action):
    make_user("john")
    for _ in range(2):
        assert fill_in("/user/john", to=f"/{action}/john").status_code == 302
    assert number_of_follows() == (action == "follow")


def test_following_yourself_is_refused(client, susan, fill_in):
    assert "/follow/susan" not in client.get("/user/susan").text
    assert fill_in("/", to="/follow/susan").status_code == 400
    assert number_of_follows() == 0


@pytest.mark.parametrize(
    ("language", "message"),
    [
        ("en", "You can&#39;t unfollow yourself."),
        ("fr", "Vous ne pouvez pas cesser de vous suivre vous-même."),
        ("es", "No puedes dejar de seguirte."),
    ],
)
def test_unfollowing_yourself_is_refused(client, susan, fill_in, language, message):
    refused = fill_in(f"/?lang={language}", to="/unfollow/SUSAN")
    assert refused.status_code == 400
    assert message in refused.text
    assert "alert-success" not in client.get("/").text


def test_script_is_refused_unfollowing_yourself(susan, script):
    answer = script("/unfollow/susan", page="/")
    assert (answer.status_code, answer.json["message"]) == (400, "You can't unfollow yourself.")


@pytest.mark.parametrize("action", ["follow", "unfollow"])
@pytest.mark.parametrize("name", ["nobody", "%F0%9F%AB%A0", "a%00b", "x" * 500])
def test_following_unknown_user_is_not_found(susan, fill_in, action, name):
    assert fill_in("/", to=f"/{action}/{name}").status_code in (400, 404)


@pytest.mark.parametrize("action", ["follow", "unfollow"])
def test_get_does_not_follow(client, susan, make_user, action):
    make_user("john")
    assert client.get(f"/{action}/john").status_code == 405
    assert number_of_follows() == 0


@pytest.mark.parametrize("action", ["follow", "unfollow"])
def test_follow_redirects_visitor_to_sign_in(make_user, fill_in, action):
    make_user("john")
    response = fill_in("/auth/login", to=f"/{action}/john")
    assert response.location.startswith("/auth/login")


def test_follow_needs_csrf_token(client, susan, make_user):
    make_user("john")
    assert client.post("/follow/john").status_code == 400
    assert number_of_follows() == 0


def test_flashed_name_is_isolated(client, susan, make_user, fill_in):
    make_user("john").display_name = "\u202enhoj"
    db.session.commit()
    fill_in("/user/john", to="/follow/john")
    assert "\u2068\u202enhoj\u2069" in client.get("/").text


def test_script_gets_new_button_and_count(client, susan, make_user, let_follow, script):
    john = make_user("John")
    let_follow(make_user("mary"), john)
    answer = script("/follow/john", page="/user/John")
    assert answer.status_code == 200
    assert answer.json["message"] == "Followed \u2068John\u2069."
    assert answer.json["followers"] == '<span data-followers="John">2 followers</span>'
    page = client.get("/user/John").text
    assert answer.json["button"] in page
    assert answer.json["followers"] in page
    assert "Followed" not in page  # not flashed: the script shows it

    answer = script("/unfollow/john", page="/user/John")
    assert answer.json["message"] == "Unfollowed \u2068John\u2069."
    assert answer.json["followers"] == '<span data-followers="John">1 follower</span>'
    assert 'formaction="/follow/John"' in answer.json["button"]


def test_script_answer_is_in_viewers_language(susan, make_user, script):
    make_user("john")
    answer = script("/follow/john", page="/user/john", **{"Accept-Language": "fr"}).json
    assert "abonné" in answer["followers"]
    assert "Ne plus suivre" in answer["button"]


def test_script_gets_404_for_unknown_user(susan, script):
    answer = script("/follow/john", page="/")
    assert (answer.status_code, answer.json["message"]) == (404, "User not found")


def test_script_gets_401_when_session_ended(app, client, susan, make_user, script):
    make_user("john")
    page = client.get("/user/john").text
    end_sessions(susan.id)
    db.session.commit()
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
    headers = {"X-Requested-With": "fetch"}
    ended = client.post("/follow/john", data={"csrf_token": token}, headers=headers)
    assert (ended.status_code, "been signed out" in ended.json["message"]) == (401, True)
    client.delete_cookie(app.config["SESSION_COOKIE_NAME"])
    without = client.post("/follow/john", data={"csrf_token": token}, headers=headers)
    assert (without.status_code, "Reload it" in without.json["message"]) == (400, True)
    assert number_of_follows() == 0


def test_follows_are_limited(susan, make_user, script, fill_in):
    make_user("john")
    for _ in range(15):
        assert script("/follow/john", page="/user/john").status_code == 200
        assert fill_in("/user/john", to="/follow/john").status_code == 302
    answer = script("/follow/john", page="/user/john")
    assert (answer.status_code, answer.json["message"]) == (429, "You've reached the limit. Try again in a minute.")
    assert fill_in("/user/john", to="/follow/john").status_code == 429
