"""Rate limits that pages and the API share."""

import pytest
from sqlalchemy import func, select

from app.database import db
from app.relationships.models import Follow


@pytest.fixture
def submit(susan, log_in, fill_in):
    """`submit("/settings/address", email=…)`: submit a form as susan, like `fill_in`."""
    log_in("susan")
    return fill_in


def number_of_follows():
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Follow))


def test_follows_are_limited_with_a_message(api, susan, john):
    follow = f"/users/{john.id}/follow"
    for _time in range(15):
        assert api("POST", follow).status_code == 204
        assert api("DELETE", follow).status_code == 204
    stopped = api("POST", follow)
    assert (stopped.status_code, stopped.json["message"]) == (429, "You've reached the limit. Try again in a minute.")
    assert api("DELETE", follow).status_code == 429
    assert number_of_follows() == 0


def test_follows_by_page_and_api_count_together_for_each_user(api, susan, john, token_of, submit):
    for _time in range(15):
        assert api("POST", f"/users/{john.id}/follow").status_code == 204
        assert submit("/user/john", to="/unfollow/john").status_code == 302
    assert api("POST", f"/users/{john.id}/follow").status_code == 429
    assert submit("/user/john", to="/follow/john").status_code == 429
    assert api("POST", f"/users/{susan.id}/follow", token=token_of(john)).status_code == 204


def test_posts_and_messages_by_page_and_api_count_together(api, john, submit):
    conversation = f"/conversations/{john.id}"
    for number in range(15):
        assert api("POST", "/posts", {"body": f"post {number}"}).status_code == 201
        assert submit("/", to="/post", body=f"more {number}").status_code == 302
        assert api("POST", conversation, {"body": f"Hello {number}"}).status_code == 201
        assert submit("/messages/with/john", body=f"Hello again {number}").status_code == 302
    assert api("POST", "/posts", {"body": "one more"}).status_code == 429
    assert submit("/", to="/post", body="one more").status_code == 429
    assert api("POST", conversation, {"body": "one more"}).status_code == 429
    assert submit("/messages/with/john", body="one more").status_code == 429


def test_profile_changes_by_page_and_api_count_together(api, susan, submit):
    for number in range(15):
        assert api("PUT", f"/users/{susan.id}", {"about_me": f"new {number}"}).status_code == 200
        assert submit("/edit_profile", username="susan", about_me=f"newer {number}").status_code == 302
    assert api("PUT", f"/users/{susan.id}", {"about_me": "newest"}).status_code == 429
    stopped = submit("/edit_profile", username="susan", about_me="what was typed")
    assert stopped.status_code == 429
    assert "what was typed" in stopped.text


def test_refused_message_does_not_count(api, john):
    for _time in range(31):
        assert api("POST", f"/conversations/{john.id}", {"body": ""}).status_code == 400
    assert api("POST", f"/conversations/{john.id}", {"body": "Hello"}).status_code == 201


def test_translations_by_page_and_api_count_together(api, submit):
    for _time in range(10):
        assert api("POST", "/posts/99/translation", {"language": "fr"}).status_code == 404
        assert submit("/", to="/posts/99/translation").status_code == 404
    assert api("POST", "/posts/99/translation", {"language": "fr"}).status_code == 429
    assert submit("/", to="/posts/99/translation").status_code == 429


def new_address(number, password="correct horse"):
    return {"email": f"new{number}@example.com", "password": password}


def test_password_guesses_are_limited_even_for_the_right_password(api, susan):
    mine = f"/users/{susan.id}"
    for number in range(10):
        assert api("PUT", mine, new_address(number, "wrong horse")).status_code == 400
    stopped = api("PUT", mine, new_address(11) | {"about_me": "new"})
    assert stopped.status_code == 429
    assert stopped.json["message"].startswith("You've reached the limit. Try again in ")
    assert "Retry-After" in stopped.headers
    assert api("GET", mine).json["about_me"] == ""


def test_new_addresses_by_page_and_api_count_together(api, susan, mails_waiting, submit):
    for number in range(5):
        assert api("PUT", f"/users/{susan.id}", new_address(number)).status_code == 200
        assert submit("/settings/address", **new_address(number)).status_code == 302
    assert api("PUT", f"/users/{susan.id}", new_address(5)).status_code == 429
    assert submit("/settings/address", **new_address(5)).status_code == 429
    assert mails_waiting() == 10


def test_wrong_passwords_by_page_and_api_count_together(api, susan, submit):
    wrong = {"password": "wrong horse", "new_password": "battery staple", "new_password2": "battery staple"}
    for number in range(3):
        assert api("PUT", f"/users/{susan.id}", new_address(number, "wrong horse")).status_code == 400
        assert submit("/settings/address", **new_address(number, "wrong horse")).status_code == 400
        assert submit("/settings/password", **wrong).status_code == 400
    assert submit("/settings/password", **wrong).status_code == 400
    assert api("PUT", f"/users/{susan.id}", new_address(4)).status_code == 429
    assert submit("/settings/address", **new_address(4)).status_code == 429
    assert submit("/settings/password", **wrong | {"password": "correct horse"}).status_code == 429


def test_wrong_passwords_count_for_each_user_apart(api, susan, john, token_of):
    for number in range(11):
        stopped = api("PUT", f"/users/{susan.id}", new_address(number, "wrong horse"))
    assert stopped.status_code == 429
    assert api("PUT", f"/users/{john.id}", new_address(1), token=token_of(john)).status_code == 200


@pytest.mark.parametrize(
    "change",
    [{"about_me": "I vote."}, {"password": "wrong horse"}, {"email": "SUSAN@example.com"}],
    ids=["profile", "password alone", "same address"],
)
def test_change_without_a_new_address_does_not_count(api, susan, change):
    mine = f"/users/{susan.id}"
    for _time in range(11):
        assert api("PUT", mine, change).status_code == 200
    assert api("PUT", mine, new_address(1)).status_code == 200


def test_refused_change_of_another_account_does_not_count(api, susan, john):
    for number in range(11):
        assert api("PUT", f"/users/{john.id}", new_address(number)).status_code == 403
    assert api("PUT", f"/users/{susan.id}", new_address(1)).status_code == 200
