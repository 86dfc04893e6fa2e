from datetime import datetime

import pytest

from app.database import db
from app.jobs.job_queue import queue_of
from app.relationships.services import follow
from app.users.queries import by_username


def test_a_person_is_shown_with_counts_and_links(api, susan, john, write):
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


def test_an_email_address_is_shown_to_its_owner_alone(api, susan, john):
    assert api("GET", f"/users/{susan.id}").json["email"] == "susan@example.com"
    assert [person.get("email") for person in api("GET", "/users").json["items"]] == ["susan@example.com", None]


@pytest.mark.parametrize(
    "path", ["/users/0", "/users/99", f"/users/{2**63}", f"/users/{10**30}", "/users/x", "/users/-1"]
)
def test_nobody_is_not_found(api, path):
    for suffix in ("", "/followers", "/following", "/posts"):
        answer = api("GET", path + suffix)
        assert (answer.status_code, answer.json["error"]) == (404, "Not Found")


def test_followers_and_followed_are_listed(api, susan, john):
    api("POST", f"/users/{john.id}/follow")
    followers = api("GET", f"/users/{john.id}/followers").json
    assert [person["username"] for person in followers["items"]] == ["susan"]
    assert followers["_meta"]["total_items"] == 1
    assert [person["username"] for person in api("GET", f"/users/{susan.id}/following").json["items"]] == ["john"]
    assert api("GET", f"/users/{susan.id}/followers").json["items"] == []


def test_following_twice_and_unfollowing_twice_is_as_once(api, susan, john):
    for method, count in (("POST", 1), ("POST", 1), ("DELETE", 0), ("DELETE", 0)):
        assert api(method, f"/users/{john.id}/follow").status_code == 204
        assert api("GET", f"/users/{john.id}").json["follower_count"] == count


def test_nobody_follows_themselves_or_nobody(api, susan):
    assert api("POST", f"/users/{susan.id}/follow").status_code == 400
    assert api("POST", "/users/99/follow").status_code == 404


def test_nobody_unfollows_themselves_or_nobody(api, susan):
    answer = api("DELETE", f"/users/{susan.id}/follow")
    assert (answer.status_code, answer.json["message"]) == (400, "username: You can't unfollow yourself.")
    assert api("DELETE", "/users/99/follow").status_code == 404


NEW = {"username": "mary", "email": "mary@example.com", "password": "correct horse"}


def test_an_account_is_made(client, context):
    answer = client.post("/api/users", json=NEW)
    assert answer.status_code == 201
    assert answer.json["email"] == "mary@example.com"
    assert answer.headers["Location"] == answer.json["_links"]["self"] == f"/api/users/{answer.json['id']}"
    assert by_username("mary")


def test_whoever_made_an_account_gets_a_token_for_its_password(client, basic, api):
    made = client.post("/api/users", json=NEW | {"password": "battery staple"}).json
    assert client.post("/api/tokens", headers=basic("mary", "correct horse")).status_code == 401
    answer = client.post("/api/tokens", headers=basic("mary", "battery staple"))
    assert answer.status_code == 200
    assert api("GET", f"/users/{made['id']}", token=answer.json["token"]).json["email"] == "mary@example.com"


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
def test_an_account_that_breaks_a_rule_is_refused_and_the_field_named(client, susan, body, field):
    answer = client.post("/api/users", json=NEW | body)
    assert (answer.status_code, answer.json["error"]) == (400, "Bad Request")
    assert answer.json["message"].startswith(f"{field}: ")


@pytest.mark.parametrize("missing", NEW)
def test_a_missing_field_is_named(client, missing):
    answer = client.post("/api/users", json={name: value for name, value in NEW.items() if name != missing})
    assert answer.status_code == 400
    assert answer.json["message"].startswith(f"{missing}: ")


@pytest.mark.parametrize("body", ["[]", "null", "3", '"x"', "{", ""])
def test_what_is_no_json_object_is_refused(client, body):
    answer = client.post("/api/users", data=body, content_type="application/json")
    assert (answer.status_code, answer.json["error"]) == (400, "Bad Request")


def test_what_is_no_json_is_of_the_wrong_format(client):
    answer = client.post("/api/users", data=NEW)
    assert (answer.status_code, answer.json["error"]) == (415, "Unsupported Media Type")
    assert "application/json" in answer.json["message"]


def test_one_changes_what_one_sent_and_no_more(api, susan):
    mine = f"/users/{susan.id}"
    shown = api("GET", mine).json
    not_theirs_to_say = {"id": 99, "post_count": 5, "is_administrator": True}
    changed = api("PUT", mine, shown | {"about_me": "I vote."} | not_theirs_to_say).json
    assert changed == shown | {"about_me": "I vote."}
    db.session.expire_all()
    assert not susan.is_administrator
    assert api("PUT", mine, {"username": "Susan2"}).json["username"] == "Susan2"
    assert api("GET", mine).json["about_me"] == "I vote."


def test_a_password_alone_changes_nothing(client, api, susan, basic):
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
def test_a_change_that_breaks_a_rule_is_refused_and_the_field_named(api, susan, john, change, field):
    answer = api("PUT", f"/users/{susan.id}", change)
    assert answer.status_code == 400
    assert answer.json["message"].startswith(f"{field}: ")


@pytest.mark.parametrize("email", ["john@example.com", "JOHN@example.com", "notanemail"])
def test_an_address_that_is_taken_or_none_is_refused(api, susan, john, email):
    answer = api("PUT", f"/users/{susan.id}", {"email": email, "password": "correct horse", "about_me": "new"})
    assert answer.status_code == 400
    assert answer.json["message"].startswith("email: ")
    assert api("GET", f"/users/{susan.id}").json["about_me"] == ""


def test_nobody_changes_another(api, john):
    answer = api("PUT", f"/users/{john.id}", {"about_me": "hers"})
    assert (answer.status_code, answer.json["error"]) == (403, "Forbidden")


def test_a_new_address_needs_the_password_and_takes_effect_by_mail(app, api, susan):
    queue = queue_of(app)
    queue.storage.flush_all()
    mine = f"/users/{susan.id}"
    assert api("PUT", mine, {"email": "new@example.com"}).json["message"].startswith("password: ")
    assert queue.pending_count() == 0
    answer = api("PUT", mine, {"email": "new@example.com", "password": "correct horse"})
    assert (answer.status_code, answer.json["email"]) == (200, "susan@example.com")
    assert queue.pending_count() == 1
    queue.storage.flush_all()
    queue.storage.close()


def test_wrong_methods_name_the_right_ones(api, susan):
    answer = api("DELETE", f"/users/{susan.id}")
    assert (answer.status_code, answer.json["error"]) == (405, "Method Not Allowed")
    assert {"GET", "PUT"} <= set(answer.headers["Allow"].split(", "))


def test_a_program_that_asks_without_end_is_told_to_wait(api, susan, monkeypatch):
    for _time in range(600):
        assert api("GET", "/tokens").status_code == 200
    answer = api("GET", "/tokens")
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
