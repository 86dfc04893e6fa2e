import pytest


def texts(answer):
    return [message["body"] for message in answer.json["items"]]


@pytest.fixture
def his(john, token_of):
    return token_of(john)


def test_two_people_write_to_each_other(api, susan, john, his):
    sent = api("POST", f"/conversations/{john.id}", {"body": "Hello John"})
    assert sent.status_code == 201
    assert (sent.json["body"], sent.json["outgoing"]) == ("Hello John", True)
    [conversation] = api("GET", "/conversations", token=his).json["items"]
    assert conversation["person"] == {"id": susan.id, "username": "susan", "display_name": ""}
    assert (conversation["unread"], conversation["newest"]["outgoing"]) == (1, False)
    up_to = {"up_to": conversation["newest"]["id"]}
    assert api("POST", f"/conversations/{susan.id}/seen", up_to, token=his).status_code == 204
    assert api("GET", "/conversations", token=his).json["items"][0]["unread"] == 0
    api("POST", f"/conversations/{susan.id}", {"body": "Hello Susan"}, token=his)
    assert texts(api("GET", f"/conversations/{john.id}")) == ["Hello Susan", "Hello John"]
    assert api("GET", f"/conversations/{john.id}?limit=1").headers["Link"].endswith('rel="next"')


def test_each_side_deletes_its_copy(api, susan, john, his):
    sent = api("POST", f"/conversations/{john.id}", {"body": "one"}).json
    api("POST", f"/conversations/{john.id}", {"body": "two"})
    assert api("DELETE", f"/messages/{sent['id']}").status_code == 204
    assert texts(api("GET", f"/conversations/{john.id}")) == ["two"]
    assert api("DELETE", f"/messages/{sent['id']}").status_code == 404
    assert api("DELETE", f"/conversations/{john.id}").status_code == 204
    assert api("DELETE", f"/conversations/{john.id}").status_code == 404
    assert api("GET", "/conversations").json["items"] == []
    assert texts(api("GET", f"/conversations/{susan.id}", token=his)) == ["two", "one"]


def test_nobody_deletes_the_copy_of_another(api, susan, john, his):
    sent = api("POST", f"/conversations/{john.id}", {"body": "one"}).json
    assert api("DELETE", f"/messages/{sent['id']}", token=his).status_code == 404


def test_a_message_that_cannot_be_is_refused(api, susan, john):
    assert api("POST", f"/conversations/{susan.id}", {"body": "me"}).status_code == 403
    assert api("POST", "/conversations/99", {"body": "nobody"}).status_code == 404
    for body in ("", "x" * 501, None, 7):
        answer = api("POST", f"/conversations/{john.id}", {"body": body})
        assert answer.status_code == 400
        assert answer.json["message"].startswith("body: ")


def test_a_conversation_that_never_began_is_empty(api, john):
    assert api("GET", f"/conversations/{john.id}").json["items"] == []
    assert api("POST", f"/conversations/{john.id}/seen", {"up_to": 1}).status_code == 204
    assert api("GET", "/conversations/99").status_code == 404


def test_what_happened_is_told_and_seen(api, susan, john, his):
    api("POST", f"/users/{susan.id}/follow", token=his)
    [told] = api("GET", "/notifications").json["items"]
    assert (told["kind"], told["unread"], told["actor"]["username"]) == ("follow", True, "john")
    assert "john" in told["text"]
    french = api("GET", "/notifications", headers={"Accept-Language": "fr"}).json["items"][0]["text"]
    assert french != told["text"]
    assert api("POST", "/notifications/seen", {"up_to": told["id"]}).status_code == 204
    assert api("GET", "/notifications").json["items"][0]["unread"] is False


@pytest.mark.parametrize("body", [{}, {"up_to": "x"}, {"up_to": -1}, {"up_to": 10**30}, []])
def test_what_was_seen_is_a_number(api, body):
    assert api("POST", "/notifications/seen", body).status_code == 400
