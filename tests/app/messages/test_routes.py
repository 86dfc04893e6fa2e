import re

import pytest

from app.database import db
from app.messages import queries, services
from app.notifications.services import notify
from app.pagination import Key


@pytest.fixture
def people(make_user, log_in):
    """Susan, who is logged in, and David."""
    susan, david = make_user("susan"), make_user("david")
    log_in("susan")
    return susan, david


def bodies(owner, other):
    db.session.rollback()
    side = queries.side_of(owner.id, other.id)
    return [row.body for row in queries.thread(side, Key(), 100)] if side else []


def send(author, recipient, *texts):
    for text in texts:
        services.send(author.id, recipient.id, text)
    db.session.commit()


def shown(page):
    return re.findall(r'<p class="message-body" dir="auto">(.*?)</p>', page.text, re.S)


def link(page, rel):
    found = re.search(rf'rel="{rel}" href="([^"]+)"', page)
    return found and found[1].replace("&amp;", "&")


def badge(page):
    """The number beside "Messages" in the menu, None when there is none."""
    found = re.search(r'data-badge="messages"( hidden)?><span data-count>([^<]+)<', page.text)
    return None if found[1] else found[2]


def test_write_read_and_answer(client, people, fill_in, log_in, app):
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
def test_what_can_t_be_sent_is_shown_again(client, people, fill_in, body):
    page = fill_in("/messages/with/david", body=body)
    assert page.status_code == 400
    assert "invalid-feedback" in page.text
    assert body.strip() in page.text
    assert bodies(*people) == []


def test_a_lost_token_keeps_what_was_typed(client, people):
    page = client.post("/messages/with/david", data={"body": "A long story"})
    assert page.status_code == 400
    assert "A long story" in page.text
    assert bodies(*people) == []


def test_nobody_and_oneself_get_no_messages(client, people, fill_in):
    assert client.get("/messages/with/nobody").status_code == 404
    page = client.get("/messages/with/susan")
    assert 'name="body"' not in page.text
    assert fill_in("/settings", "/messages/with/susan", body="Note to self").status_code == 403


def test_only_the_two_see_it(client, people, make_user, log_in, app):
    send(*people, "Secret")
    make_user("mary")
    mary = app.test_client()
    log_in("mary", client=mary)
    for path in ("/messages/with/susan", "/messages/with/david", "/messages", "/messages/with/susan/news"):
        assert "Secret" not in mary.get(path).text


def test_the_badge_counts_until_it_is_marked_as_read_and_looking_changes_nothing(client, people, fill_in):
    susan, david = people
    send(david, susan, "One", "Two")
    for _ in range(2):
        assert badge(client.get("/messages/with/david")) == "2"
    page = client.get("/messages")
    assert "<title>(3) Messages" in page.text  # with the notification
    fill_in(
        "/messages/with/david", "/messages/with/david/seen", seen=queries.side_of(susan.id, david.id).last_message_id
    )
    assert badge(client.get("/messages")) is None
    assert "<title>Messages" in client.get("/messages").text


def test_an_answer_marks_what_stood_above_it_as_read(client, people, fill_in):
    susan, david = people
    send(david, susan, "One")
    seen = queries.side_of(susan.id, david.id).last_message_id
    send(david, susan, "Came while she wrote")
    fill_in("/messages/with/david", body="Hi", seen=seen)
    assert badge(client.get("/messages")) == "1"


@pytest.mark.parametrize("seen", ["", "abc", "-1"])
def test_a_broken_mark_is_refused(client, people, fill_in, seen):
    send(*people, "One")
    assert fill_in("/messages/with/david", "/messages/with/david/seen", seen=seen).status_code == 400


def test_one_s_own_copy_can_be_deleted_and_nobody_else_s(client, people, fill_in):
    susan, david = people
    send(susan, david, "One", "Two")
    mine = queries.side_of(susan.id, david.id).last_message_id
    theirs = queries.side_of(david.id, susan.id).last_message_id
    assert fill_in("/messages/with/david", f"/messages/{theirs}/delete").status_code == 404
    assert fill_in("/messages/with/david", f"/messages/{mine}/delete").location == "/messages/with/david"
    assert (bodies(susan, david), bodies(david, susan)) == (["One"], ["Two", "One"])
    fill_in("/messages/with/david", "/messages/with/david/delete")
    assert (bodies(susan, david), bodies(david, susan)) == ([], ["Two", "One"])


@pytest.mark.parametrize("path", ["/messages/with/david/seen", "/messages/with/david/delete", "/messages/1/delete"])
def test_get_changes_nothing(client, people, path):
    send(*people, "One")
    assert client.get(path).status_code == 405
    assert bodies(*people) == ["One"]


@pytest.mark.parametrize("path", ["/messages", "/messages/with/david", "/messages/with/david/news", "/messages/to"])
def test_all_of_it_needs_a_login(client, make_user, path):
    make_user("david")
    assert "/auth/login" in client.get(path).location


def test_to_whom_leads_to_the_conversation(client, people):
    assert client.get("/messages/to?username=@David").location == "/messages/with/David"
    assert "There is nobody of that name." in client.get("/messages/to?username=nobody", follow_redirects=True).text


def test_thirty_a_page_each_exactly_once(client, people):
    send(*people, *(str(number) for number in range(70)))
    found, path = [], "/messages/with/david"
    while path:
        page = client.get(path)
        found = shown(page) + found
        path = link(page.text, "next")
    assert found == [str(number) for number in range(70)]


def test_twenty_five_people_a_page_each_exactly_once_there_and_back(client, people, make_user):
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


def test_few_people_are_one_page_without_links(client, people):
    send(*people, "One")
    page = client.get("/messages").text
    assert (link(page, "prev"), link(page, "next")) == (None, None)


@pytest.mark.parametrize("path", ["/messages", "/messages/with/david"])
@pytest.mark.parametrize("key", ["before=abc", "after=-1", "before=1&after=2"])
def test_a_broken_key_is_refused(client, people, path, key):
    send(*people, "One")
    assert client.get(f"{path}?{key}").status_code == 400


def test_an_open_conversation_is_told_what_is_new(client, people):
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
    assert badge(client.get("/messages")) == "2"  # telling is not reading


def test_a_conversation_that_is_not_there_yet_has_no_news(client, people):
    assert client.get("/messages/with/david/news").json == {"html": "", "newest": 0, "unread": 0}


def test_every_page_takes_the_same_number_of_queries(client, people, make_user, statements):
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
    assert before == (2, 4)  # the person with their badges, and the page


def test_thirty_messages_a_minute_are_enough(client, people, fill_in):
    for number in range(30):
        assert fill_in("/messages/with/david", body=str(number)).status_code == 302
    assert fill_in("/messages/with/david", body="Buy this").status_code == 429


def test_names_and_texts_from_right_to_left_are_isolated(client, people):
    susan, david = people
    david.display_name = "\u202edivad"
    send(david, susan, "\u202eolleH")
    page = client.get("/messages").text
    assert '<bdi class="name">\u202edivad</bdi>' in page
    assert "<bdi>\u202eolleH</bdi>" in page
