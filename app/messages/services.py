"""What people do with messages."""

from flask_babel import gettext as _
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError

from app.database import db, insert_if_absent, utc_now
from app.exceptions import NotAllowed, NotFound
from app.messages import rules
from app.messages.models import Conversation, Message
from app.notifications import services as notifications
from app.notifications.models import MESSAGE
from app.users.models import User


def send(author_id: int, recipient_id: int, body: str) -> Message:
    """Give each of the two a copy of `body`; return the author's.

    Raises NotAllowed for a message to oneself, Invalid for a text that can't be one, and NotFound when one of the two
    was deleted meanwhile.
    """
    if author_id == recipient_id:
        raise NotAllowed(_("You can't write a message to yourself."))
    body = rules.body(body)
    # Always in the order of ids: two who write to each other at the same moment never wait for each other.
    pairs = ((author_id, recipient_id), (recipient_id, author_id))
    sides = {owner_id: _side(owner_id, other_id) for owner_id, other_id in sorted(pairs)}
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


def _side(owner_id: int, other_id: int) -> int:
    """The id of the conversation that `owner` has with `other`, made if need be, locked until the commit."""
    mine = select(Conversation.id).where(Conversation.owner_id == owner_id, Conversation.other_id == other_id)
    if db.session.scalar(mine) is None:
        try:
            insert_if_absent(Conversation, owner_id=owner_id, other_id=other_id)
        except IntegrityError as error:  # a foreign key: the account was deleted at this moment
            raise NotFound(_("This account is gone.")) from error
    return db.session.scalars(mine.with_for_update()).one()


def mark_seen(side: Conversation, up_to: int) -> None:
    """Note that the owner of `side` has seen its messages up to that id; what came later stays unread."""
    # An id beyond the newest would hide messages that are yet to come.
    up_to = min(up_to, side.last_message_id)
    db.session.execute(
        update(Conversation).where(Conversation.id == side.id, Conversation.seen_id < up_to).values(seen_id=up_to)
    )
    if _count_unread(side.id) == 0:
        notifications.mark_read_of(side.owner_id, MESSAGE, actor_id=side.other_id)


def delete_message(owner_id: int, message_id: int) -> User:
    """Delete a person's copy of a message; the other side, which is returned, keeps theirs.

    Raises NotFound if they have none.
    """
    side = db.session.scalar(
        select(Conversation)
        .join(Message, Message.conversation_id == Conversation.id)
        .where(Message.id == message_id, Conversation.owner_id == owner_id)
    )
    if side is None:
        raise NotFound(_("This message is gone."))
    side_id, other_id = side.id, side.other_id
    db.session.execute(delete(Message).where(Message.id == message_id))
    newest = select(func.max(Message.id)).where(Message.conversation_id == Conversation.id).scalar_subquery()
    db.session.execute(
        update(Conversation).where(Conversation.id == side_id).values(last_message_id=func.coalesce(newest, 0))
    )
    db.session.execute(delete(Conversation).where(Conversation.id == side_id, Conversation.last_message_id == 0))
    _count_unread(side_id)
    return db.session.get_one(User, other_id)


def delete_conversation(side: Conversation) -> None:
    """Delete the owner's copy of a conversation; the other side keeps theirs."""
    db.session.execute(delete(Conversation).where(Conversation.id == side.id))


def _count_unread(side_id: int) -> int | None:
    """Count anew what the owner of a side has not seen; None when the side is gone."""
    unread = (
        select(func.count(Message.id))
        .where(
            Message.conversation_id == Conversation.id, Message.id > Conversation.seen_id, Message.outgoing.is_(False)
        )
        .scalar_subquery()
    )
    db.session.execute(update(Conversation).where(Conversation.id == side_id).values(unread=unread))
    return db.session.scalar(select(Conversation.unread).where(Conversation.id == side_id))
