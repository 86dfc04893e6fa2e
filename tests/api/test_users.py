import time
from datetime import datetime

import pytest

from app.database import db
from app.relationships.services import follow
from app.users.queries import by_username


def test_user_is_shown_with_counts_and_links(api, susan, john, write):
    write(john, "hello")
    follow(susan.id, john.id)
    db.session.commit()
    shown = api("GET", f"/users/{john.id}").json
    assert shown == {
        "id": john.id,
        "username": "john",
        "display_name": "",
        "about_me": "",
        "last_seen": john.last_seen_at.isoformat(),
        "post_count": 1,
        "follower_count": 1,
        "following_count": 0,
        "_links": {
            "self": f"/api/users/{john.id}",
            "followers": f"/api/users/{john.id}/followers",
            "following": f"/api/users/{john.id}/following",
            "avatar": f"/avatar/{john.id}.svg",
        },
    }
    assert datetime.fromisoformat(shown["last_seen"]).utcoffset() is not None


def test_email_address_is_shown_only_to_its_owner(api, susan, john):
    assert api("GET", f"/users/{susan.id}").json["email"] == "susan@example.com"
    assert [user.get("email") for user in api("GET", "/users").json["items"]] == ["susan@example.com", None]


@pytest.mark.parametrize(
    "path", ["/users/0", "/users/99", f"/users/{2**63}", f"/users/{10**30}", "/users/x", "/users/-1"]
)
def test_unknown_user_is_not_found(api, path):
    for suffix in ("", "/followers", "/following", "/posts"):
        answer = api("GET", path + suffix)
        assert (answer.status_code, answer.json["error"]) == (404, "Not Found")


def test_followers_and_followed_are_listed(api, susan, john):
    api("POST", f"/users/{john.id}/follow")
    followers = api("GET", f"/users/{john.id}/followers").json
    assert [user["username"] for user in followers["items"]] == ["susan"]
    assert followers["_meta"]["total_items"] == 1
    assert [user["username"] for user in api("GET", f"/users/{susan.id}/following").json["items"]] == ["john"]
    assert api("GET", f"/users/{susan.id}/followers").json["items"] == []


def test_follow_and_unfollow_are_idempotent(api, susan, john):
    for method, count in (("POST", 1), ("POST", 1), ("DELETE", 0), ("DELETE", 0)):
        assert api(method, f"/users/{john.id}/follow").status_code == 204
        assert api("GET", f"/users/{john.id}").json["follower_count"] == count


def test_following_oneself_or_an_unknown_user_is_refused(api, susan):
    assert api("POST", f"/users/{susan.id}/follow").status_code == 400
    assert api("POST", "/users/99/follow").status_code == 404


def test_unfollowing_oneself_or_an_unknown_user_is_refused(api, susan):
    answer = api("DELETE", f"/users/{susan.id}/follow")
    assert (answer.status_code, answer.json["message"]) == (400, "username: You can't unfollow yourself.")
    assert api("DELETE", "/users/99/follow").status_code == 404


NEW = {"username": "mary", "email": "mary@example.com", "password": "correct horse"}


def test_account_is_created(client, context):
    answer = client.post("/api/users", json=NEW)
    assert answer.status_code == 201
    assert answer.json["email"] == "mary@example.com"
    assert answer.headers["Location"] == answer.json["_links"]["self"] == f"/api/users/{answer.json['id']}"
    assert by_username("mary")


def test_new_account_gets_a_token_for_its_password(client, basic, api):
    created = client.post("/api/users", json=NEW | {"password": "battery staple"}).json
    assert client.post("/api/tokens", headers=basic("mary", "correct horse")).status_code == 401
    answer = client.post("/api/tokens", headers=basic("mary", "battery staple"))
    assert answer.status_code == 200
    assert api("GET", f"/users/{created['id']}", token=answer.json["token"]).json["email"] == "mary@example.com"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"username": "a/b"}, "username"),
        ({"username": "SUSAN"}, "username"),
        ({"email": "notanemail"}, "email"),
        ({"email": "Susan@example.com"}, "email"),
        ({"password": ""}, "password"),
        ({"password": ["a", "list"]}, "password"),
        ({"username": 7}, "username"),
        ({"username": None}, "username"),
        ({"username": {}}, "username"),
    ],
)
def test_invalid_account_is_refused_with_the_name_of_the_field(client, susan, body, field):
    answer = client.post("/api/users", json=NEW | body)
    assert (answer.status_code, answer.json["error"]) == (400, "Bad Request")
    assert answer.json["message"].startswith(f"{field}: ")


@pytest.mark.parametrize("missing", NEW)
def test_missing_field_is_refused_with_its_name(client, missing):
    answer = client.post("/api/users", json={name: value for name, value in NEW.items() if name != missing})
    assert answer.status_code == 400
    assert answer.json["message"].startswith(f"{missing}: ")


@pytest.mark.parametrize("body", ["[]", "null", "3", '"x"', "{", ""])
def test_body_other_than_a_json_object_is_refused(client, body):
    answer = client.post("/api/users", data=body, content_type="application/json")
    assert (answer.status_code, answer.json["error"]) == (400, "Bad Request")


def test_body_of_another_media_type_is_refused(client):
    answer = client.post("/api/users", data=NEW)
    assert (answer.status_code, answer.json["error"]) == (415, "Unsupported Media Type")
    assert "application/json" in answer.json["message"]


def test_change_applies_to_the_editable_fields_that_were_sent(api, susan):
    mine = f"/users/{susan.id}"
    shown = api("GET", mine).json
    read_only = {"id": 99, "post_count": 5, "is_administrator": True}
    changed = api("PUT", mine, shown | {"about_me": "I vote."} | read_only).json
    assert changed == shown | {"about_me": "I vote."}
    db.session.expire_all()
    assert not susan.is_administrator
    assert api("PUT", mine, {"username": "Susan2"}).json["username"] == "Susan2"
    assert api("GET", mine).json["about_me"] == "I vote."


def test_password_alone_changes_nothing(client, api, susan, basic):
    mine = f"/users/{susan.id}"
    before = api("GET", mine).json
    answer = api("PUT", mine, {"password": "battery staple"})
    assert (answer.status_code, answer.json) == (200, before)
    assert client.post("/api/tokens", headers=basic("susan", "battery staple")).status_code == 401
    assert client.post("/api/tokens", headers=basic("susan", "correct horse")).status_code == 200


@pytest.mark.parametrize(
    ("change", "field"),
    [({"username": "john"}, "username"), ({"username": ""}, "username"), ({"about_me": "x" * 141}, "about_me"),
     ({"display_name": "\x07"}, "display_name"), ({"about_me": 3}, "about_me")],
)  # fmt: skip
def test_invalid_change_is_refused_with_the_name_of_the_field(api, susan, john, change, field):
    answer = api("PUT", f"/users/{susan.id}", change)
    assert answer.status_code == 400
    assert answer.json["message"].startswith(f"{field}: ")


@pytest.mark.parametrize("email", ["john@example.com", "JOHN@example.com", "notanemail"])
def test_taken_or_invalid_address_is_refused(api, susan, john, email):
    answer = api("PUT", f"/users/{susan.id}", {"email": email, "password": "correct horse", "about_me": "new"})
    assert answer.status_code == 400
    assert answer.json["message"].startswith("email: ")
    assert api("GET", f"/users/{susan.id}").json["about_me"] == ""


def test_changing_another_user_is_refused(api, john):
    answer = api("PUT", f"/users/{john.id}", {"about_me": "new"})
    assert (answer.status_code, answer.json["error"]) == (403, "Forbidden")


def test_new_address_needs_the_password_and_a_confirmation(api, susan, mails_waiting):
    mine = f"/users/{susan.id}"
    assert api("PUT", mine, {"email": "new@example.com"}).json["message"].startswith("password: ")
    assert mails_waiting() == 0
    answer = api("PUT", mine, {"email": "new@example.com", "password": "correct horse"})
    assert (answer.status_code, answer.json["email"]) == (200, "susan@example.com")
    assert mails_waiting() == 1


def test_refused_change_mails_no_link(api, susan, john, mails_waiting):
    change = {"email": "new@example.com", "password": "correct horse", "username": "john"}
    assert api("PUT", f"/users/{susan.id}", change).status_code == 400
    assert mails_waiting() == 0


def test_wrong_method_gets_the_allowed_ones(api, susan):
    answer = api("POST", f"/users/{susan.id}")
    assert (answer.status_code, answer.json["error"]) == (405, "Method Not Allowed")
    assert {"GET", "PUT"} <= set(answer.headers["Allow"].split(", "))


def test_requests_are_limited_to_600_per_minute(api, susan, monkeypatch):
    now = time.time() // 60 * 60 + 1  # the count is exact within a minute, so none may end meanwhile
    monkeypatch.setattr(time, "time", lambda: now)
    for _time in range(600):
        assert api("GET", "/tokens").status_code == 200
    answer = api("GET", "/tokens")
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
