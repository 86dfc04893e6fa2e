"""What js/messages.js asks and tells the server."""

import re

from app.messages import queries
from tests.app.messages.conftest import badge, send


def test_news_returns_new_messages_and_unread_count(client, people):
    susan, david = people
    send(david, susan, "One")
    first = client.get("/messages/with/david/news?since=0")
    assert "One" in first.json["html"]
    assert first.json["unread"] == 1
    newest = first.json["newest"]
    nothing = client.get(f"/messages/with/david/news?since={newest}")
    assert (nothing.json["html"].strip(), nothing.json["newest"]) == ("", newest)
    tag = nothing.headers["ETag"]
    again = client.get(f"/messages/with/david/news?since={newest}", headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    send(david, susan, "Two")
    later = client.get(f"/messages/with/david/news?since={newest}", headers={"If-None-Match": tag})
    assert later.status_code == 200
    assert "Two" in later.json["html"]
    assert "One" not in later.json["html"]
    assert badge(client.get("/messages")) == "2"  # fetching is not reading


def test_news_of_missing_conversation_is_empty(client, people):
    assert client.get("/messages/with/david/news").json == {"html": "", "newest": 0, "unread": 0}


def test_seen_answers_script_without_redirect(client, people):
    susan, david = people
    send(david, susan, "One")
    page = client.get("/messages/with/david").text
    data = {"csrf_token": re.search(r'name="csrf_token" value="([^"]+)"', page)[1]}
    data["seen"] = queries.side_of(susan.id, david.id).last_message_id
    answer = client.post("/messages/with/david/seen", data=data, headers={"X-Requested-With": "fetch"})
    assert (answer.status_code, answer.data) == (204, b"")
    assert badge(client.get("/messages")) is None
