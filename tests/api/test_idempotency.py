"""The header Idempotency-Key."""

import pytest
from sqlalchemy import func, select

from app.database import db
from app.messages.models import Message
from app.posts.models import Post

KEY = "8e03978e-40d5-43dd-bc93-6894a57f9324"


@pytest.fixture(params=["post", "message"])
def creation(request, api, john):
    """`creation(key, body="…")`: create a post or send a message with that key; returns the response."""
    path = {"post": "/posts", "message": f"/conversations/{john.id}"}[request.param]

    def create(key, body="Hello", **options):
        headers = {} if key is None else {"Idempotency-Key": key}
        return api("POST", path, {"body": body}, headers=headers, **options)

    return create


def count():
    db.session.rollback()
    posts, messages = (db.session.scalar(select(func.count()).select_from(table)) for table in (Post, Message))
    return posts + messages // 2  # each user has a copy of a message


def test_second_request_gets_the_first_answer(creation):
    first, second = creation(KEY), creation(KEY)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json == second.json
    assert first.headers.get("Location") == second.headers.get("Location")
    assert count() == 1


def test_requests_without_a_key_all_count(creation):
    assert creation(None).json["id"] != creation(None).json["id"]
    assert count() == 2


def test_key_may_be_quoted(creation):
    assert creation(KEY).json == creation(f'"{KEY}"').json
    assert count() == 1


@pytest.mark.parametrize("key", ["x", "k" * 255, "!#$%&'()*+,-./:;<=>?@[]^_`{|}~"])
def test_key_of_printable_characters_is_accepted(creation, key):
    assert creation(key).json == creation(key).json


@pytest.mark.parametrize(
    "key", ["", '""', '"', "k" * 256, "a b", "a\tb", "a\x7fb", "a\x01", "é", 'a"b', "\\"], ids=ascii
)
def test_invalid_key_is_refused_by_name(creation, key):
    refused = creation(key)
    assert refused.status_code == 400
    assert refused.json["message"].startswith("Idempotency-Key: ")
    assert count() == 0


def test_key_with_another_body_is_refused(creation):
    creation(KEY)
    refused = creation(KEY, body="Bye")
    assert (refused.status_code, refused.json["error"]) == (422, "Unprocessable Entity")
    assert "Use a new key" in refused.json["message"]
    assert count() == 1


def test_key_at_another_address_is_refused(api, john, david):
    headers = {"Idempotency-Key": KEY}
    assert api("POST", f"/conversations/{john.id}", {"body": "Hello"}, headers=headers).status_code == 201
    for path in (f"/conversations/{david.id}", "/posts"):
        assert api("POST", path, {"body": "Hello"}, headers=headers).status_code == 422
    assert count() == 1


def test_key_of_a_refused_request_can_be_used_again(creation):
    assert creation(KEY, body="").status_code == 400
    assert creation(KEY, body="Hello").status_code == 201


def test_keys_of_two_users_are_independent(api, john, token_of):
    headers = {"Idempotency-Key": KEY}
    mine = api("POST", "/posts", {"body": "Hello"}, headers=headers)
    other = api("POST", "/posts", {"body": "Bye"}, headers=headers, token=token_of(john))
    assert (mine.status_code, other.status_code) == (201, 201)
    assert count() == 2


def test_repeated_request_does_not_bring_back_what_was_deleted(api, john):
    headers = {"Idempotency-Key": KEY}
    post = api("POST", "/posts", {"body": "Hello"}, headers=headers)
    message = api("POST", f"/conversations/{john.id}", {"body": "Hello"}, headers={"Idempotency-Key": "other"})
    api("DELETE", f"/posts/{post.json['id']}")
    api("DELETE", f"/messages/{message.json['id']}")
    gone = api("POST", "/posts", {"body": "Hello"}, headers=headers)
    assert (gone.status_code, gone.json["message"]) == (410, "This post no longer exists.")
    gone = api("POST", f"/conversations/{john.id}", {"body": "Hello"}, headers={"Idempotency-Key": "other"})
    assert (gone.status_code, gone.json["message"]) == (410, "This message no longer exists.")


def test_simultaneous_requests_create_one_post(app, api, susan, token_of, at_once):
    token = token_of(susan)

    def create():
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": KEY}
        return app.test_client().post("/api/posts", json={"body": "Hello"}, headers=headers).json

    answers = at_once(*[create] * 4)
    assert [answer["id"] for answer in answers] == [answers[0]["id"]] * 4
    assert count() == 1


def test_description_names_the_header(client):
    paths = client.get("/api/openapi.json").json["paths"]
    for path in ("/api/posts", "/api/conversations/{user_id}"):
        operation = paths[path]["post"]
        [header] = [each for each in operation["parameters"] if each["in"] == "header"]
        assert (header["name"], header["required"]) == ("Idempotency-Key", False)
        assert {"410", "422"} <= set(operation["responses"])
    assert "Idempotency-Key" in client.get("/api/docs").text
