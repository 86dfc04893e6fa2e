"""Sending, reading and deleting messages. The caller commits."""

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, delete, func, select, update

from app.database import changed, db, insert_if_absent, lock_rows, utc_now
from app.exceptions import Invalid, NotAllowed, NotFound
from app.messages import rules
from app.messages.models import Conversation, Message
from app.notifications import services as notifications
from app.notifications.models import MESSAGE
from app.users.models import User
from app.users.queries import by_username
from app.users.services import hold


def recipient(username: str, author_id: int) -> User:
    """Return the user whom `author_id` names to write to. Raises Invalid if there is none, or they name themselves."""
    user = by_username(username.strip().removeprefix("@"))
    if user is None:
        raise Invalid("username", _("User not found. Check the username."))
    if user.id == author_id:
        raise Invalid("username", _("You can't send a message to yourself."))
    return user


def send(author_id: int, recipient_id: int, body: str) -> Message:
    """Give both users a copy of a message and notify the recipient; return the author's copy.

    Raises NotAllowed if both are the same user, Invalid for a text that is not valid, and NotFound if one of the
    accounts is gone.
    """
    if author_id == recipient_id:
        raise NotAllowed(_("You can't send a message to yourself."))
    body = rules.body(body)
    hold(author_id, recipient_id)
    # Locked in the order of ids: two users who write to each other at the same time can't deadlock.
    pairs = ((author_id, recipient_id), (recipient_id, author_id))
    sides = {owner_id: _lock_side(owner_id, other_id) for owner_id, other_id in sorted(pairs)}
    now = utc_now()
    outgoing = Message(conversation_id=sides[author_id], outgoing=True, body=body, created_at=now)
    incoming = Message(conversation_id=sides[recipient_id], outgoing=False, body=body, created_at=now)
    db.session.add_all((outgoing, incoming))
    db.session.flush()
    for message, more in ((outgoing, 0), (incoming, 1)):
        db.session.execute(
            update(Conversation)
            .where(Conversation.id == message.conversation_id)
            .values(last_message_id=message.id, unread=Conversation.unread + more)
        )
    notifications.notify(recipient_id, MESSAGE, actor_id=author_id)
    return outgoing


def _lock_side(owner_id: int, other_id: int) -> int:
    """Return the id of the owner's copy of a conversation, created if absent, locked until the commit."""
    mine = select(Conversation.id).where(Conversation.owner_id == owner_id, Conversation.other_id == other_id)
    side_id = lock_rows(mine).scalar()
    if side_id is None:
        insert_if_absent(Conversation, owner_id=owner_id, other_id=other_id)
        side_id = lock_rows(mine).scalar_one()
    return side_id


def mark_seen(side: Conversation, up_to: int) -> None:
    """Mark the messages of `side` up to that id as read; later ones stay unread.

    Does nothing if the conversation was deleted. Raises NotFound if one of the accounts was.
    """
    hold(side.owner_id, side.other_id)
    newest = lock_rows(select(Conversation.last_message_id).where(*_is(side))).scalar()
    if newest is None:
        return
    up_to = min(up_to, newest)  # an id beyond it would mark future messages as read
    db.session.execute(
        update(Conversation).where(Conversation.id == side.id, Conversation.seen_id < up_to).values(seen_id=up_to)
    )
    if _count_unread(side.id) == 0 and side.other_id:
        notifications.mark_read_of(side.owner_id, MESSAGE, actor_id=side.other_id)


def keep_copies(user: User) -> None:
    """Before deleting a user, detach the copies that others have of their conversations, and mark them as read."""
    db.session.execute(
        update(Conversation)
        .where(Conversation.other_id == user.id)
        .values(other_id=None, unread=0, seen_id=Conversation.last_message_id)
    )


def delete_message(owner_id: int, message_id: int) -> User | None:
    """Delete a user's copy of a message, and return the other user, whose copy stays; None for a deleted account.

    Raises NotFound if the message is not in a conversation of theirs.
    """
    gone = _("This message no longer exists.")
    side = db.session.scalar(
        select(Conversation)
        .join(Message, Message.conversation_id == Conversation.id)
        .where(Message.id == message_id, Conversation.owner_id == owner_id)
    )
    if side is None:
        raise NotFound(gone)
    side_id, other_id = side.id, side.other_id
    hold(owner_id, other_id, missing=gone)
    lock_rows(select(Conversation.id).where(*_is(side))).all()  # before the message, as whoever deletes both
    if not changed(db.session.execute(delete(Message).where(Message.id == message_id))):  # another request was first
        raise NotFound(gone)
    newest = select(func.max(Message.id)).where(Message.conversation_id == Conversation.id).scalar_subquery()
    db.session.execute(
        update(Conversation).where(Conversation.id == side_id).values(last_message_id=func.coalesce(newest, 0))
    )
    db.session.execute(delete(Conversation).where(Conversation.id == side_id, Conversation.last_message_id == 0))
    _count_unread(side_id)
    return db.session.get(User, other_id) if other_id else None


def delete_conversation(side: Conversation) -> None:
    """Delete the owner's copy of a conversation; the other user's copy stays. Raises NotFound if it is gone."""
    if not changed(db.session.execute(delete(Conversation).where(*_is(side)))):
        raise NotFound(_("This conversation no longer exists."))


def _is(side: Conversation) -> tuple[ColumnElement[bool], ...]:
    """Return conditions that hold for this conversation alone: SQLite gives the id of a deleted one to another."""
    return Conversation.id == side.id, Conversation.owner_id == side.owner_id, Conversation.other_id == side.other_id


def _count_unread(side_id: int) -> int | None:
    """Update and return the unread count of a conversation; None if it was deleted."""
    unread = (
        select(func.count(Message.id))
        .where(
            Message.conversation_id == Conversation.id, Message.id > Conversation.seen_id, Message.outgoing.is_(False)
        )
        .scalar_subquery()
    )
    db.session.execute(update(Conversation).where(Conversation.id == side_id).values(unread=unread))
    return db.session.scalar(select(Conversation.unread).where(Conversation.id == side_id))
