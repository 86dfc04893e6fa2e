"""Reading messages."""

import functools
from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, bindparam, func, select
from sqlalchemy.engine import Row

from app.database import db
from app.messages.models import Conversation, Message
from app.pagination import Key, narrow, nearest_first
from app.users.models import User


def unread_messages(owner_id: ColumnElement[int] | int):
    """How many unread messages a person has, as a scalar subquery for the select that loads the person."""
    return (
        select(func.coalesce(func.sum(Conversation.unread), 0))
        .where(Conversation.owner_id == owner_id, Conversation.unread > 0)
        .correlate_except(Conversation)
        .scalar_subquery()
    )


def side_of(owner_id: int, other_id: int) -> Conversation | None:
    """The side of `owner` of what they and `other` wrote, or None if there is nothing."""
    return db.session.scalar(
        select(Conversation).where(Conversation.owner_id == owner_id, Conversation.other_id == other_id)
    )


def people(owner_id: int, key: Key, limit: int) -> Sequence[Row]:
    """Whom a person has conversations with, the newest message first; see pagination.paginate.

    Rows: id (of the newest message), body, created_at, outgoing, unread, user_id, username, display_name.
    """
    return db.session.execute(_people(key.side), {"owner_id": owner_id, "limit": limit, **key.arguments}).all()


@functools.cache
def _people(side_of_key: str) -> Select:
    page = select(Conversation).where(Conversation.owner_id == bindparam("owner_id"))
    # The page first, what belongs to it joined outside: MariaDB would begin with the other tables and sort everything.
    # By outer joins, which fix that order: see timelines/queries.py.
    side = narrow(page, Conversation.last_message_id, side_of_key).subquery("side")
    rows = (
        select(
            Message.id,
            Message.body,
            Message.created_at,
            Message.outgoing,
            side.c.unread,
            User.id.label("user_id"),
            User.username,
            User.display_name,
        )
        .select_from(side)
        .outerjoin(Message, Message.id == side.c.last_message_id)
        .outerjoin(User, User.id == side.c.other_id)
    )
    return nearest_first(rows, side.c.last_message_id, side_of_key)


def thread(side: Conversation, key: Key, limit: int) -> Sequence[Row]:
    """The messages of a conversation; see pagination.paginate. Rows: id, body, created_at, outgoing."""
    return db.session.execute(_thread(key.side), {"side_id": side.id, "limit": limit, **key.arguments}).all()


@functools.cache
def _thread(side_of_key: str) -> Select:
    rows = select(Message.id, Message.body, Message.created_at, Message.outgoing)
    return narrow(rows.where(Message.conversation_id == bindparam("side_id")), Message.id, side_of_key)
