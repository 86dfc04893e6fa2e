"""Reading messages."""

from sqlalchemy import ColumnElement, func, select

from app.database import db
from app.messages.models import Conversation, Message
from app.pagination import Key
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


def people(owner_id: int, key: Key, limit: int):
    """Whom a person has conversations with, the newest message first; see pagination.paginate.

    Rows: id (of the newest message), body, created_at, outgoing, unread, user_id, username, display_name.
    """
    newest = Conversation.last_message_id
    page = select(Conversation).where(Conversation.owner_id == owner_id).order_by(newest.desc()).limit(limit)
    if key.before is not None:
        page = page.where(newest < key.before)
    elif key.after is not None:
        page = page.where(newest > key.after).order_by(None).order_by(newest)
    # The page first, what belongs to it joined outside: MariaDB would begin with the other tables and sort everything.
    side = page.subquery()
    order = side.c.last_message_id if key.after is not None else side.c.last_message_id.desc()
    return db.session.execute(
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
        .join(Message, Message.id == side.c.last_message_id)
        .join(User, User.id == side.c.other_id)
        .order_by(order)
    ).all()


def thread(side: Conversation, key: Key, limit: int):
    """The messages of a conversation; see pagination.paginate. Rows: id, body, created_at, outgoing."""
    page = select(Message.id, Message.body, Message.created_at, Message.outgoing)
    page = page.where(Message.conversation_id == side.id).limit(limit)
    if key.after is not None:
        return db.session.execute(page.where(Message.id > key.after).order_by(Message.id)).all()
    if key.before is not None:
        page = page.where(Message.id < key.before)
    return db.session.execute(page.order_by(Message.id.desc())).all()
