from functools import partial

import pytest
from sqlalchemy import func, select

from app.database import db
from app.exceptions import Invalid, NotAllowed, NotFound
from app.messages import queries, services
from app.messages.models import Conversation, Message
from app.notifications.queries import notifications
from app.pagination import Key
from app.users.models import User
from app.users.services import delete_user


def bodies(owner, other):
    """The texts of `owner`'s copy, newest first."""
    side = queries.side_of(owner.id, other.id)
    return [row.body for row in queries.thread(side, Key(), 100)] if side else []


def unread(person):
    return db.session.scalar(select(queries.unread_messages(User.id)).where(User.id == person.id))


def test_send_gives_both_users_a_copy(susan, david):
    services.send(susan.id, david.id, "Hello 🫠")
    services.send(david.id, susan.id, "Hi")
    assert bodies(susan, david) == bodies(david, susan) == ["Hi", "Hello 🫠"]
    theirs = queries.thread(queries.side_of(david.id, susan.id), Key(), 10)
    assert [row.outgoing for row in theirs] == [True, False]


def test_only_incoming_messages_are_unread(susan, david):
    services.send(susan.id, david.id, "One")
    services.send(susan.id, david.id, "Two")
    assert (unread(susan), unread(david)) == (0, 2)


def test_mark_seen_leaves_later_messages_unread(susan, david):
    services.send(susan.id, david.id, "One")
    first = queries.side_of(david.id, susan.id).last_message_id
    services.send(susan.id, david.id, "Two")
    services.mark_seen(queries.side_of(david.id, susan.id), first)
    assert unread(david) == 1
    services.mark_seen(queries.side_of(david.id, susan.id), 1)  # an older page changes nothing
    assert unread(david) == 1
    db.session.expire_all()
    assert queries.side_of(david.id, susan.id).seen_id == first


def test_mark_seen_ignores_future_ids(susan, david):
    services.send(susan.id, david.id, "One")
    services.mark_seen(queries.side_of(david.id, susan.id), 2**62)
    services.send(susan.id, david.id, "Two")
    assert unread(david) == 1


def test_others_keep_their_copies_of_a_deleted_users_messages(susan, david, john):
    services.send(susan.id, david.id, "One")
    services.send(david.id, susan.id, "Two")
    services.send(susan.id, john.id, "Three")
    db.session.commit()
    david_id, john_id = david.id, john.id
    delete_user(susan)
    db.session.commit()
    assert db.session.scalars(select(Message.body).order_by(Message.id)).all() == ["One", "Two", "Three"]
    assert [row.user_id for row in queries.people(david_id, Key(), 10)] == [None]
    assert [unread(db.session.get_one(User, user_id)) for user_id in (david_id, john_id)] == [0, 0]


def test_delete_message_leaves_other_copy(susan, david):
    services.send(susan.id, david.id, "One")
    message = services.send(susan.id, david.id, "Two")
    services.delete_message(susan.id, message.id)
    assert bodies(susan, david) == ["One"]
    assert bodies(david, susan) == ["Two", "One"]
    assert [row.body for row in queries.people(susan.id, Key(), 10)] == ["One"]


def test_delete_only_message_deletes_conversation(susan, david):
    message = services.send(susan.id, david.id, "One")
    services.delete_message(susan.id, message.id)
    assert queries.side_of(susan.id, david.id) is None
    assert bodies(david, susan) == ["One"]


def test_delete_unread_message_updates_unread_count(susan, david):
    services.send(susan.id, david.id, "One")
    services.send(susan.id, david.id, "Two")
    services.delete_message(david.id, queries.side_of(david.id, susan.id).last_message_id)
    assert unread(david) == 1


def test_delete_message_of_another_user_raises(susan, david):
    services.send(susan.id, david.id, "One")
    theirs = queries.side_of(david.id, susan.id).last_message_id
    for message_id in (theirs, 2**62):
        with pytest.raises(NotFound):
            services.delete_message(susan.id, message_id)
    assert bodies(david, susan) == ["One"]


def test_delete_conversation_leaves_other_copy(susan, david):
    services.send(susan.id, david.id, "One")
    services.delete_conversation(queries.side_of(susan.id, david.id))
    assert bodies(susan, david) == []
    assert bodies(david, susan) == ["One"]
    services.send(david.id, susan.id, "Still there?")
    assert bodies(susan, david) == ["Still there?"]


def test_send_to_deleted_user_raises(susan):
    with pytest.raises(NotFound):
        services.send(susan.id, susan.id + 1, "Anybody there?")
    db.session.rollback()


def test_send_to_oneself_raises(susan):
    with pytest.raises(NotAllowed):
        services.send(susan.id, susan.id, "Note to self")


@pytest.mark.parametrize("body", ["", "  \n", "\u200b", "a" * 501, "a\x07", "x" + "\u0301" * 3500])
def test_invalid_body_raises(susan, david, body):
    with pytest.raises(Invalid) as error:
        services.send(susan.id, david.id, body)
    assert error.value.field == "body"
    assert db.session.scalar(select(func.count(Message.id))) == 0


@pytest.mark.parametrize("body", ["a" * 500, "👨‍👩‍👧‍👦" * 500, "\r\n".join("a" * 250) + "b"])
def test_length_limit_counts_graphemes(susan, david, body):
    services.send(susan.id, david.id, body)
    assert bodies(david, susan) == [body.replace("\r\n", "\n")]


def test_delete_user_deletes_both_copies(susan, david):
    services.send(susan.id, david.id, "One")
    services.send(david.id, susan.id, "Two")
    db.session.commit()
    db.session.delete(susan)
    db.session.commit()
    assert db.session.scalar(select(func.count(Conversation.id))) == 0
    assert db.session.scalar(select(func.count(Message.id))) == 0
    assert unread(david) == 0


def test_conversations_are_ordered_by_newest_message(susan, make_user):
    friends = [make_user(f"friend{number}") for number in range(5)]
    for friend in friends:
        services.send(friend.id, susan.id, f"I am {friend.username}")
    services.send(susan.id, friends[0].id, "Me again")
    first = queries.people(susan.id, Key(), 3)
    assert [row.username for row in first] == ["friend0", "friend4", "friend3"]
    assert [row.unread for row in first] == [1, 1, 1]
    assert first[0].outgoing
    rest = queries.people(susan.id, Key(before=first[-1].id), 3)
    assert [row.username for row in rest] == ["friend2", "friend1"]
    back = queries.people(susan.id, Key(after=rest[0].id), 2)
    assert [row.username for row in back] == ["friend3", "friend4"]  # nearest first, as for every `after`


def test_concurrent_first_messages_both_succeed(at_once, susan, david):
    ids = susan.id, david.id
    db.session.rollback()
    at_once(*(partial(services.send, *pair, "Me first") for pair in (ids, ids[::-1]) * 2))
    assert len(bodies(susan, david)) == len(bodies(david, susan)) == 4
    assert (unread(susan), unread(david)) == (2, 2)


def test_notification_is_unread_until_message_is_seen(susan, david):
    services.send(susan.id, david.id, "One")
    services.send(susan.id, david.id, "Two")

    def told(person):
        return [(row.kind, row.username, row.unread) for row in notifications(person.id, Key(), 10)]

    assert (told(susan), told(david)) == ([], [("message", "susan", True)])
    side = queries.side_of(david.id, susan.id)
    services.mark_seen(side, side.last_message_id)
    assert told(david) == [("message", "susan", False)]
