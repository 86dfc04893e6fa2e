import re

import pytest
from markupsafe import escape

from app.database import db
from app.messages import queries
from app.notifications.services import notify
from app.pagination import Key
from tests.app.messages.conftest import badge, send


def bodies(owner, other):
    db.session.rollback()
    side = queries.side_of(owner.id, other.id)
    return [row.body for row in queries.thread(side, Key(), 100)] if side else []


def shown(page):
    return re.findall(r'<p class="message-body" dir="auto">(.*?)</p>', page.text, re.S)


def link(page, rel):
    found = re.search(rf'rel="{rel}" href="([^"]+)"', page)
    return found and found[1].replace("&amp;", "&")


def test_message_is_sent_read_and_answered(client, people, fill_in, log_in, app):
    response = fill_in("/messages/with/david", body="Hello <b>David</b>\nsecond line")
    assert (response.status_code, response.location) == (302, "/messages/with/david#newest")
    other = app.test_client()
    log_in("david", client=other)
    page = other.get("/messages/with/susan")
    assert shown(page) == ["Hello &lt;b&gt;David&lt;/b&gt;\nsecond line"]
    fill_in("/messages/with/susan", client=other, body="Hi")
    assert shown(client.get("/messages/with/david"))[1] == "Hi"
    assert client.get("/messages/with/DAVID").status_code == 200


@pytest.mark.parametrize("body", ["", "   ", "\u200b", "a" * 501])
def test_invalid_message_is_shown_again(client, people, fill_in, body):
    page = fill_in("/messages/with/david", body=body)
    assert page.status_code == 400
    assert "invalid-feedback" in page.text
    assert body.strip() in page.text
    assert bodies(*people) == []


def test_missing_csrf_token_keeps_typed_text(client, people):
    page = client.post("/messages/with/david", data={"body": "A long story"})
    assert page.status_code == 400
    assert "A long story" in page.text
    assert bodies(*people) == []


def test_unknown_user_and_oneself_get_no_messages(client, people, fill_in):
    assert client.get("/messages/with/nobody").status_code == 404
    page = client.get("/messages/with/susan")
    assert 'name="body"' not in page.text
    assert fill_in("/settings", "/messages/with/susan", body="Note to self").status_code == 403


def test_conversation_is_private(client, people, make_user, log_in, app):
    send(*people, "Secret")
    make_user("mary")
    mary = app.test_client()
    log_in("mary", client=mary)
    for path in ("/messages/with/susan", "/messages/with/david", "/messages", "/messages/with/susan/news"):
        assert "Secret" not in mary.get(path).text


def test_unread_message_counts_once_until_marked_as_read(client, people, fill_in):
    susan, david = people
    send(david, susan, "One", "Two")
    for _ in range(2):
        assert badge(client.get("/messages/with/david")) == "2"
    page = client.get("/messages")
    assert "<title>(2) Messages" in page.text
    assert badge(page, "notifications") is None  # the notification of a message is not counted again
    fill_in(
        "/messages/with/david", "/messages/with/david/seen", seen=queries.side_of(susan.id, david.id).last_message_id
    )
    assert badge(client.get("/messages")) is None
    assert "<title>Messages" in client.get("/messages").text


def test_reply_marks_messages_above_form_as_read(client, people, fill_in):
    susan, david = people
    send(david, susan, "One")
    seen = queries.side_of(susan.id, david.id).last_message_id
    send(david, susan, "Came while she wrote")
    fill_in("/messages/with/david", body="Hi", seen=seen)
    assert badge(client.get("/messages")) == "1"


@pytest.mark.parametrize("seen", ["", "abc", "-1"])
def test_invalid_seen_id_is_refused(client, people, fill_in, seen):
    send(*people, "One")
    assert fill_in("/messages/with/david", "/messages/with/david/seen", seen=seen).status_code == 400


def test_only_own_copy_can_be_deleted(client, people, fill_in):
    susan, david = people
    send(susan, david, "One", "Two")
    mine = queries.side_of(susan.id, david.id).last_message_id
    theirs = queries.side_of(david.id, susan.id).last_message_id
    assert fill_in("/messages/with/david", f"/messages/{theirs}/delete").location == "/messages"
    assert fill_in("/messages/with/david", f"/messages/{mine}/delete").location.startswith("/messages/with/david")
    assert (bodies(susan, david), bodies(david, susan)) == (["One"], ["Two", "One"])
    fill_in("/messages/with/david", "/messages/with/david/delete")
    assert (bodies(susan, david), bodies(david, susan)) == ([], ["Two", "One"])


@pytest.mark.parametrize("path", ["/messages/with/david/seen", "/messages/with/david/delete", "/messages/1/delete"])
def test_get_changes_nothing(client, people, path):
    send(*people, "One")
    assert client.get(path).status_code == 405
    assert bodies(*people) == ["One"]


@pytest.mark.parametrize("path", ["/messages", "/messages/with/david", "/messages/with/david/news", "/messages/to"])
def test_messages_require_login(client, make_user, path):
    make_user("david")
    assert "/auth/login" in client.get(path).location


def test_new_message_form_leads_to_conversation(client, people):
    assert client.get("/messages/to?username=@David").location == "/messages/with/david"


@pytest.mark.parametrize("typed", ["nobody", "@nobody", "", " ", "<b>"])
def test_unknown_recipient_is_shown_beside_what_was_typed(client, people, typed):
    response = client.get("/messages/to", query_string={"username": typed})
    assert response.status_code == 400
    assert f'value="{escape(typed)}"' in response.text
    assert re.search(r'id="username-error".*User not found', response.text)


def test_own_name_is_no_recipient(client, people):
    response = client.get("/messages/to?username=@Susan")
    assert response.status_code == 400
    assert re.search(r'id="username-error".*You can&#39;t send a message to yourself', response.text)


def test_thread_pages_show_each_message_once(client, people):
    send(*people, *(str(number) for number in range(70)))
    found, path = [], "/messages/with/david"
    while path:
        page = client.get(path)
        found = shown(page) + found
        path = link(page.text, "next")
    assert found == [str(number) for number in range(70)]


def test_conversation_pages_show_each_once_both_ways(client, people, make_user):
    susan, _david = people
    friends = [f"friend{number}" for number in range(60)]
    for friend in friends:
        send(make_user(friend), susan, "Hello")

    def walk(path, rel):
        pages = []
        while path:
            page = client.get(path).text
            pages.append(re.findall(r'href="/messages/with/([^"]+)#newest"', page))
            last, path = path, link(page, rel)
        return pages, last

    newest_first = friends[::-1]
    there, oldest = walk("/messages", "next")
    assert there == [newest_first[:25], newest_first[25:50], newest_first[50:]]
    back, _newest = walk(oldest, "prev")
    assert back == there[::-1]
    assert link(client.get("/messages").text, "prev") is None


def test_single_page_has_no_pager(client, people):
    send(*people, "One")
    page = client.get("/messages").text
    assert (link(page, "prev"), link(page, "next")) == (None, None)


@pytest.mark.parametrize("path", ["/messages", "/messages/with/david"])
@pytest.mark.parametrize("key", ["before=abc", "after=-1", "before=1&after=2"])
def test_invalid_page_key_is_refused(client, people, path, key):
    send(*people, "One")
    assert client.get(f"{path}?{key}").status_code == 400


def test_query_count_is_constant(client, people, make_user, statements):
    susan, david = people

    def count(path):
        with statements() as sent:
            client.get(path)
        return len(sent)

    send(david, susan, "One")
    before = count("/messages"), count("/messages/with/david")
    for number in range(20):
        send(make_user(f"friend{number}"), susan, "Hello")
    send(david, susan, *"abcdefgh")
    notify(susan.id, "follow", actor_id=david.id)
    db.session.commit()
    assert (count("/messages"), count("/messages/with/david")) == before
    assert before == (2, 4)  # the user with both unread counts, and the page


def test_messages_are_rate_limited(client, people, fill_in):
    for number in range(30):
        assert fill_in("/messages/with/david", body=str(number)).status_code == 302
    assert fill_in("/messages/with/david", body="Buy this").status_code == 429


def test_bidi_overrides_are_isolated_in_list(client, people):
    susan, david = people
    david.display_name = "\u202edivad"
    send(david, susan, "\u202eolleH")
    page = client.get("/messages").text
    assert '<bdi class="name">\u202edivad</bdi>' in page
    assert "<bdi>\u202eolleH</bdi>" in page
