import pytest


def texts(response):
    return [message["body"] for message in response.json["items"]]


@pytest.fixture
def his(john, token_of):
    """A token of John's."""
    return token_of(john)


def test_two_users_exchange_messages(api, susan, john, his):
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


def test_deleting_removes_only_the_users_copy(api, susan, john, his):
    sent = api("POST", f"/conversations/{john.id}", {"body": "one"}).json
    api("POST", f"/conversations/{john.id}", {"body": "two"})
    assert api("DELETE", f"/messages/{sent['id']}").status_code == 204
    assert texts(api("GET", f"/conversations/{john.id}")) == ["two"]
    assert api("DELETE", f"/messages/{sent['id']}").status_code == 404
    assert api("DELETE", f"/conversations/{john.id}").status_code == 204
    assert api("DELETE", f"/conversations/{john.id}").status_code == 404
    assert api("GET", "/conversations").json["items"] == []
    assert texts(api("GET", f"/conversations/{susan.id}", token=his)) == ["two", "one"]


def test_deleting_another_users_copy_is_refused(api, susan, john, his):
    sent = api("POST", f"/conversations/{john.id}", {"body": "one"}).json
    assert api("DELETE", f"/messages/{sent['id']}", token=his).status_code == 404


def test_message_that_breaks_a_rule_is_refused(api, susan, john):
    assert api("POST", f"/conversations/{susan.id}", {"body": "to myself"}).status_code == 403
    assert api("POST", "/conversations/99", {"body": "to an unknown user"}).status_code == 404
    for body in ("", "x" * 501, None, 7):
        response = api("POST", f"/conversations/{john.id}", {"body": body})
        assert response.status_code == 400
        assert response.json["message"].startswith("body: ")


def test_conversation_without_messages_is_empty(api, john):
    assert api("GET", f"/conversations/{john.id}").json["items"] == []
    assert api("POST", f"/conversations/{john.id}/seen", {"up_to": 1}).status_code == 204
    assert api("GET", "/conversations/99").status_code == 404


def test_notification_is_listed_and_marked_as_seen(api, susan, john, his):
    api("POST", f"/users/{susan.id}/follow", token=his)
    [notification] = api("GET", "/notifications").json["items"]
    assert (notification["kind"], notification["unread"], notification["actor"]["username"]) == ("follow", True, "john")
    assert "john" in notification["text"]
    french = api("GET", "/notifications", headers={"Accept-Language": "fr"}).json["items"][0]["text"]
    assert french != notification["text"]
    assert api("POST", "/notifications/seen", {"up_to": notification["id"]}).status_code == 204
    assert api("GET", "/notifications").json["items"][0]["unread"] is False


@pytest.mark.parametrize("body", [{}, {"up_to": "x"}, {"up_to": -1}, {"up_to": 10**30}, []], ids=str)
def test_marking_as_seen_needs_a_valid_id(api, body):
    assert api("POST", "/notifications/seen", body).status_code == 400
