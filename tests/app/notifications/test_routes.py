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
    """Susan, who is signed in, and David."""
    susan, david = make_user("susan"), make_user("david")
    log_in("susan")
    return susan, david


def tell(person, kind, actor=None):
    notification = notify(person.id, kind, actor_id=actor and actor.id)
    db.session.commit()
    return notification.id


def rows(html):
    """The kind and actor's id of each row, in the order of the page."""
    return re.findall(r'data-event="(\w+)-(\d+)"', html)


def badge(page):
    """The unread count beside "Notifications" in the menu, or None."""
    found = re.search(r'data-badge="notifications"( hidden)?><span data-count>([^<]+)<', page.text)
    return None if found[1] else found[2]


def test_follow_and_message_create_notifications(client, people, let_follow):
    susan, david = people
    let_follow(david, susan)
    send(david.id, susan.id, "Hello")
    db.session.commit()
    page = client.get("/notifications")
    assert "\u2068david\u2069 followed you." in page.text
    assert "\u2068david\u2069 sent you a message." in page.text
    assert page.text.index("message.") < page.text.index("followed")
    assert badge(page) == "1"  # the message counts as a message


def test_display_name_is_isolated_in_notification(client, people):
    susan, david = people
    david.display_name = "\u202edivad"
    tell(susan, FOLLOW, david)
    told = "\u2068\u202edivad\u2069 followed you."
    assert told in client.get("/notifications").text
    assert told in client.get("/notifications/poll?since=0").json["html"]


def test_repeated_follow_notifies_once(client, people, let_follow):
    susan, david = people
    let_follow(david, susan)
    let_follow(david, susan)
    assert badge(client.get("/notifications")) == "1"


def test_notifications_are_unread_until_marked(client, people, fill_in):
    susan, david = people
    tell(susan, FOLLOW, david)
    for _ in range(2):
        assert badge(client.get("/notifications")) == "1"
    seen = newest_id(susan.id)
    tell(susan, EXPORT_DONE)
    assert fill_in("/notifications", "/notifications/read", seen=seen).location == "/notifications"
    assert badge(client.get("/notifications")) == "1"  # the later one
    assert client.get("/notifications/read").status_code == 405


@pytest.mark.parametrize("seen", ["", "x", "-1"])
def test_invalid_seen_id_is_refused(client, people, fill_in, seen):
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
def test_each_kind_links_to_its_subject(client, people, kind, url):
    susan, david = people
    tell(susan, kind, david if kind in (FOLLOW, MESSAGE) else None)
    assert f'<a href="{url}">' in client.get("/notifications").text
    assert f'<a href="{url}">' in client.get("/notifications/poll?since=0").json["html"]


def test_page_shows_25_notifications(client, people, make_user):
    for number in range(30):
        tell(people[0], FOLLOW, make_user(f"friend{number}"))
    page = client.get("/notifications")
    assert page.text.count("followed you.") == 25
    older = re.search(r'rel="next" href="([^"]+)"', page.text)[1]
    assert client.get(older).text.count("followed you.") == 5


@pytest.mark.parametrize("key", ["before=abc", "after=-1", "before=1&after=2"])
def test_invalid_page_key_is_refused(client, people, key):
    assert client.get(f"/notifications?{key}").status_code == 400


@pytest.mark.parametrize("key", ["before=99999999999999999999", "after=99999999999999999999", "before=0", "page=-1"])
def test_page_key_without_rows_shows_nearest_page(client, people, key):
    tell(people[0], EXPORT_DONE)
    assert client.get(f"/notifications?{key}").status_code == 200


def test_poll_returns_rows_since_id(client, people):
    susan, david = people
    first = client.get("/notifications/poll").json
    assert first == {"unread_messages": 0, "unread_notifications": 0, "since": 0, "html": ""}
    tell(susan, FOLLOW, david)
    send(david.id, susan.id, "Hello")
    db.session.commit()
    answer = client.get("/notifications/poll?since=0").json
    assert (answer["unread_messages"], answer["unread_notifications"]) == (1, 1)
    assert rows(answer["html"]) == [(MESSAGE, str(david.id)), (FOLLOW, str(david.id))]
    assert answer["html"] in client.get("/notifications").text  # the page renders the same rows
    assert answer["since"] == newest_id(susan.id)
    assert client.get(f"/notifications/poll?since={answer['since']}").json["html"] == ""


def test_poll_without_since_returns_newest_id(client, people):
    tell(people[0], EXPORT_DONE)
    answer = client.get("/notifications/poll").json
    assert (answer["html"], answer["since"]) == ("", newest_id(people[0].id))


def test_poll_is_304_while_unchanged(client, people, fill_in):
    susan, david = people
    tell(susan, FOLLOW, david)
    path = f"/notifications/poll?since={newest_id(susan.id)}"
    tag = client.get(path).headers["ETag"]
    same = client.get(path, headers={"If-None-Match": tag})
    assert (same.status_code, same.data) == (304, b"")
    fill_in("/notifications", "/notifications/read", seen=newest_id(susan.id))  # in another tab
    changed = client.get(path, headers={"If-None-Match": tag})
    assert (changed.status_code, changed.json["unread_notifications"]) == (200, 0)


def test_poll_returns_20_rows_at_a_time(client, people, make_user):
    for number in range(25):
        tell(people[0], FOLLOW, make_user(f"friend{number}"))
    first = client.get("/notifications/poll?since=0").json
    rest = client.get(f"/notifications/poll?since={first['since']}").json
    assert (len(rows(first["html"])), len(rows(rest["html"]))) == (20, 5)


@pytest.mark.parametrize("since", ["abc", "-1", "", "1.5"])
def test_poll_with_invalid_since_is_refused(client, people, since):
    assert client.get(f"/notifications/poll?since={since}").status_code == 400


def test_query_count_is_constant(client, people, make_user, statements):
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


def test_notifications_require_login(client):
    assert "/auth/login" in client.get("/notifications").location
    assert "/auth/login" in client.get("/notifications/poll").location


@pytest.mark.parametrize(
    "path", ["/notifications/poll", "/messages/with/david/news?since=0", "/settings/export/progress"]
)
def test_script_without_session_gets_401_and_no_cookie(client, path):
    answer = client.get(path, headers={"X-Requested-With": "fetch"})
    assert (answer.status_code, answer.mimetype) == (401, "application/json")
    assert "been signed out" in answer.json["message"]
    assert "Set-Cookie" not in answer.headers  # no flash message for the next page
