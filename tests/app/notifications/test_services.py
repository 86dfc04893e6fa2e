from functools import partial

from sqlalchemy import func, select

from app.database import db
from app.notifications import services
from app.notifications.models import EXPORT_DONE, FOLLOW, MESSAGE, Notification
from app.notifications.queries import newest_id, notifications, unread_notifications
from app.pagination import Key
from app.users.models import User


def kinds(person, key=Key(), limit=10):  # noqa: B008  a key never changes
    return [(row.kind, row.username) for row in notifications(person.id, key, limit)]


def unread(person):
    return db.session.scalar(select(unread_notifications(User.id)).where(User.id == person.id))


def test_notifications_are_listed_newest_first(susan, david):
    services.notify(susan.id, FOLLOW, actor_id=david.id)
    services.notify(susan.id, EXPORT_DONE)
    assert kinds(susan) == [(EXPORT_DONE, None), (FOLLOW, "david")]
    assert (unread(susan), unread(david)) == (2, 0)


def test_notification_replaces_former_of_same_kind_and_actor(susan, david, make_user):
    first = services.notify(susan.id, MESSAGE, actor_id=david.id).id
    services.notify(susan.id, MESSAGE, actor_id=make_user("maria").id)
    services.notify(susan.id, MESSAGE, actor_id=david.id)
    services.notify(susan.id, FOLLOW, actor_id=david.id)
    assert kinds(susan) == [(FOLLOW, "david"), (MESSAGE, "david"), (MESSAGE, "maria")]
    assert unread(susan) == 1  # messages are counted by their conversations
    assert newest_id(susan.id) > first


def test_mark_read_leaves_later_ones_unread(susan, david):
    services.notify(susan.id, FOLLOW, actor_id=david.id)
    seen = newest_id(susan.id)
    services.notify(susan.id, EXPORT_DONE)
    services.mark_read(susan.id, seen)
    assert [row.unread for row in notifications(susan.id, Key(), 10)] == [True, False]
    assert unread(susan) == 1


def test_mark_read_affects_only_own_notifications(susan, david):
    services.notify(susan.id, FOLLOW, actor_id=david.id)
    services.notify(david.id, FOLLOW, actor_id=susan.id)
    services.mark_read(susan.id, 2**62)
    assert (unread(susan), unread(david)) == (0, 1)


def test_mark_read_of_affects_one_kind_and_actor(susan, david):
    services.notify(susan.id, MESSAGE, actor_id=david.id)
    services.notify(susan.id, FOLLOW, actor_id=david.id)
    services.mark_read_of(susan.id, MESSAGE, actor_id=david.id)
    assert [row.unread for row in notifications(susan.id, Key(), 10)] == [True, False]


def test_notifications_are_paged_both_ways(susan, make_user):
    for number in range(5):
        services.notify(susan.id, FOLLOW, actor_id=make_user(f"friend{number}").id)
    first = notifications(susan.id, Key(), 2)
    assert kinds(susan, Key(before=first[-1].id), 2) == [(FOLLOW, "friend2"), (FOLLOW, "friend1")]
    assert kinds(susan, Key(after=first[-1].id), 2) == [(FOLLOW, "friend4")]


def test_delete_user_deletes_their_notifications(susan, david):
    services.notify(susan.id, FOLLOW, actor_id=david.id)
    services.notify(david.id, FOLLOW, actor_id=susan.id)
    db.session.commit()
    db.session.delete(david)
    db.session.commit()
    assert db.session.scalar(select(func.count(Notification.id))) == 0
    assert unread(susan) == 0


def test_concurrent_notifications_succeed(at_once, susan, make_user):
    actors = [make_user(f"friend{number}").id for number in range(6)]
    susan_id = susan.id
    db.session.rollback()
    at_once(*(partial(services.notify, susan_id, FOLLOW, actor_id=actor_id) for actor_id in actors))
    assert unread(susan) == 6
