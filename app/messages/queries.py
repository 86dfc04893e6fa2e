"""Queries of conversations and messages."""

import functools
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, ScalarSelect, Select, bindparam, func, select

from app.database import db
from app.messages.models import Conversation, Message
from app.pagination import Key, narrow, nearest_first
from app.users.models import User


class MessageRow(NamedTuple):
    """A message, as its owner sees it."""

    id: int
    body: str
    created_at: datetime
    outgoing: bool


class ConversationRow(NamedTuple):
    """A conversation: its newest message (the first four fields), unread count, id and other user.

    The last three are None if the other account was deleted.
    """

    id: int
    body: str
    created_at: datetime
    outgoing: bool
    unread: int
    side_id: int
    user_id: int | None
    username: str | None
    display_name: str | None


def unread_messages(owner_id: ColumnElement[int] | int) -> ScalarSelect[int]:
    """The number of a user's unread messages, as a scalar subquery for the SELECT that loads the user."""
    return (
        select(func.coalesce(func.sum(Conversation.unread), 0))
        .where(Conversation.owner_id == owner_id, Conversation.unread > 0)
        .correlate_except(Conversation)
        .scalar_subquery()
    )


def side_of(owner_id: int, other_id: int) -> Conversation | None:
    """The owner's copy of the conversation with the other user, or None if there is none."""
    return db.session.scalar(
        select(Conversation).where(Conversation.owner_id == owner_id, Conversation.other_id == other_id)
    )


def former_side(owner_id: int, side_id: int) -> Conversation | None:
    """The owner's copy of a conversation with an account that was deleted, or None."""
    return db.session.scalar(
        select(Conversation).where(
            Conversation.id == side_id, Conversation.owner_id == owner_id, Conversation.other_id.is_(None)
        )
    )


def people(owner_id: int, key: Key, limit: int) -> Sequence[ConversationRow]:
    """At most `limit` conversations of a user, ordered by newest message, nearest to `key` first."""
    rows = db.session.execute(_people(key.side), {"owner_id": owner_id, "limit": limit, **key.arguments})
    return [ConversationRow._make(row) for row in rows]


@functools.cache
def _people(side_of_key: str) -> Select[Any]:
    page = select(Conversation).where(Conversation.owner_id == bindparam("owner_id"))
    # The other tables are joined to the page, by outer joins, which fix that order (see timelines/queries.py): MariaDB
    # would start from them and sort everything.
    side = narrow(page, Conversation.last_message_id, side_of_key).subquery("side")
    rows = (
        select(
            Message.id,
            Message.body,
            Message.created_at,
            Message.outgoing,
            side.c.unread,
            side.c.id,
            User.id,
            User.username,
            User.display_name,
        )
        .select_from(side)
        .outerjoin(Message, Message.id == side.c.last_message_id)
        .outerjoin(User, User.id == side.c.other_id)
    )
    return nearest_first(rows, side.c.last_message_id, side_of_key)


def message(message_id: int) -> Message | None:
    """The copy of a message with that id, or None."""
    return db.session.get(Message, message_id)


def neighbour(message_id: int) -> int | None:
    """The id of the message after that one in its conversation, else of the one before; None if there is no other."""
    conversation = select(Message.conversation_id).where(Message.id == message_id).scalar_subquery()
    others = select(Message.id).where(Message.conversation_id == conversation).limit(1)
    after = others.where(Message.id > message_id).order_by(Message.id)
    before = others.where(Message.id < message_id).order_by(Message.id.desc())
    return db.session.scalar(after) or db.session.scalar(before)


def thread(side: Conversation, key: Key, limit: int) -> Sequence[MessageRow]:
    """At most `limit` messages of a conversation, nearest to `key` first; see pagination.paginate."""
    rows = db.session.execute(_thread(key.side), {"side_id": side.id, "limit": limit, **key.arguments})
    return [MessageRow._make(row) for row in rows]


@functools.cache
def _thread(side_of_key: str) -> Select[int, str, datetime, bool]:
    rows = select(Message.id, Message.body, Message.created_at, Message.outgoing)
    return narrow(rows.where(Message.conversation_id == bindparam("side_id")), Message.id, side_of_key)
