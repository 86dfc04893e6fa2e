import re

import pytest

from app.database import db
from app.export.models import KIND
from app.messages.services import send
from app.notifications.models import EXPORT_DONE, EXPORT_FAILED, FOLLOW, MESSAGE
from app.notifications.queries import newest_id
from app.notifications.services import notify


@pytest.fixture
def people(make_user, log_in):
    """Susan, who is logged in, and David."""
    susan, david = make_user("susan"), make_user("david")
    log_in("susan")
    return susan, david


def tell(person, kind, actor=None):
    notification = notify(person.id, kind, actor_id=actor and actor.id)
    db.session.commit()
    return notification.id


def badge(page):
    """The number beside "Notifications" in the menu, None when there is none."""
    found = re.search(r'data-badge="notifications"( hidden)?><span data-count>([^<]+)<', page.text)
    return None if found[1] else found[2]


def test_a_new_follower_and_a_new_message_are_told(client, people, let_follow):
    susan, david = people
    let_follow(david, susan)
    send(david.id, susan.id, "Hello")
    db.session.commit()
    page = client.get("/notifications")
    assert "\u2068david\u2069 follows you." in page.text
    assert "\u2068david\u2069 sent you a message." in page.text
    assert page.text.index("message.") < page.text.index("follows")
    assert badge(page) == "2"


def test_a_name_cannot_turn_what_is_told(client, people):
    susan, david = people
    david.display_name = "\u202edivad"
    tell(susan, FOLLOW, david)
    told = "\u2068\u202edivad\u2069 follows you."
    assert told in client.get("/notifications").text
    assert client.get("/notifications/poll?since=0").json["items"][0]["text"] == told


def test_to_follow_again_is_told_once(client, people, let_follow):
    susan, david = people
    let_follow(david, susan)
    let_follow(david, susan)
    assert badge(client.get("/notifications")) == "1"


def test_looking_changes_nothing_and_marking_does(client, people, fill_in):
    susan, david = people
    tell(susan, FOLLOW, david)
    for _ in range(2):
        assert badge(client.get("/notifications")) == "1"
    seen = newest_id(susan.id)
    tell(susan, EXPORT_DONE)
    assert fill_in("/notifications", "/notifications/read", seen=seen).location == "/notifications"
    assert badge(client.get("/notifications")) == "1"  # what came since
    assert client.get("/notifications/read").status_code == 405


@pytest.mark.parametrize("seen", ["", "x", "-1"])
def test_a_broken_mark_is_refused(client, people, fill_in, seen):
    tell(people[0], EXPORT_DONE)
    assert fill_in("/notifications", "/notifications/read", seen=seen).status_code == 400


@pytest.mark.parametrize(
    ("kind", "url"),
    [
        (FOLLOW, "/user/david"),
        (MESSAGE, "/messages/with/david#newest"),
        (EXPORT_DONE, f"/settings/{KIND}"),
        (EXPORT_FAILED, f"/settings/{KIND}"),
    ],
)
def test_each_kind_leads_to_what_it_speaks_of(client, people, kind, url):
    susan, david = people
    tell(susan, kind, david if kind in (FOLLOW, MESSAGE) else None)
    assert f'<a href="{url}">' in client.get("/notifications").text
    assert client.get("/notifications/poll?since=0").json["items"][0]["url"] == url


def test_twenty_five_a_page(client, people, make_user):
    for number in range(30):
        tell(people[0], FOLLOW, make_user(f"friend{number}"))
    page = client.get("/notifications")
    assert page.text.count("follows you.") == 25
    older = re.search(r'rel="next" href="([^"]+)"', page.text)[1]
    assert client.get(older).text.count("follows you.") == 5


@pytest.mark.parametrize("key", ["before=abc", "after=-1", "before=1&after=2"])
def test_a_broken_key_is_refused(client, people, key):
    assert client.get(f"/notifications?{key}").status_code == 400


@pytest.mark.parametrize("key", ["before=99999999999999999999", "after=99999999999999999999", "before=0", "page=-1"])
def test_a_key_of_nothing_shows_the_nearest_page(client, people, key):
    tell(people[0], EXPORT_DONE)
    assert client.get(f"/notifications?{key}").status_code == 200


def test_poll_tells_what_happened_since(client, people):
    susan, david = people
    first = client.get("/notifications/poll").json
    assert first == {"unread_messages": 0, "unread_notifications": 0, "since": 0, "items": []}
    tell(susan, FOLLOW, david)
    send(david.id, susan.id, "Hello")
    db.session.commit()
    answer = client.get("/notifications/poll?since=0").json
    assert (answer["unread_messages"], answer["unread_notifications"]) == (1, 2)
    assert [item["kind"] for item in answer["items"]] == [FOLLOW, MESSAGE]
    assert answer["since"] == newest_id(susan.id)
    assert client.get(f"/notifications/poll?since={answer['since']}").json["items"] == []


def test_poll_without_since_tells_where_to_begin(client, people):
    tell(people[0], EXPORT_DONE)
    answer = client.get("/notifications/poll").json
    assert (answer["items"], answer["since"]) == ([], newest_id(people[0].id))


def test_poll_is_a_304_as_long_as_nothing_changes(client, people, fill_in):
    susan, david = people
    tell(susan, FOLLOW, david)
    path = f"/notifications/poll?since={newest_id(susan.id)}"
    tag = client.get(path).headers["ETag"]
    same = client.get(path, headers={"If-None-Match": tag})
    assert (same.status_code, same.data) == (304, b"")
    fill_in("/notifications", "/notifications/read", seen=newest_id(susan.id))  # in another window
    changed = client.get(path, headers={"If-None-Match": tag})
    assert (changed.status_code, changed.json["unread_notifications"]) == (200, 0)


def test_poll_tells_many_things_in_portions(client, people, make_user):
    for number in range(25):
        tell(people[0], FOLLOW, make_user(f"friend{number}"))
    first = client.get("/notifications/poll?since=0").json
    rest = client.get(f"/notifications/poll?since={first['since']}").json
    assert (len(first["items"]), len(rest["items"])) == (20, 5)


@pytest.mark.parametrize("since", ["abc", "-1", "", "1.5"])
def test_a_broken_since_is_refused(client, people, since):
    assert client.get(f"/notifications/poll?since={since}").status_code == 400


def test_each_answer_takes_few_queries_however_much_there_is(client, people, make_user, statements):
    def count(path):
        with statements() as sent:
            client.get(path)
        return len(sent)

    paths = "/notifications", "/notifications/poll", "/notifications/poll?since=0"
    tell(people[0], EXPORT_DONE)
    before = [count(path) for path in paths]
    for number in range(10):
        tell(people[0], FOLLOW, make_user(f"friend{number}"))
    assert [count(path) for path in paths] == before == [2, 2, 3]


def test_it_needs_a_login(client):
    assert "/auth/login" in client.get("/notifications").location
    assert "/auth/login" in client.get("/notifications/poll").location


@pytest.mark.parametrize(
    "path", ["/notifications/poll", "/messages/with/david/news?since=0", "/settings/export/progress"]
)
def test_a_script_whose_session_ended_is_told_so_and_leaves_no_trace(client, path):
    answer = client.get(path, headers={"X-Requested-With": "fetch"})
    assert (answer.status_code, answer.mimetype) == (401, "application/json")
    assert "no longer logged in" in answer.json["message"]
    assert "Set-Cookie" not in answer.headers  # no message that would wait for the next page
