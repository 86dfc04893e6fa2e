"""Telling people what happened. Other features' services call `notify`."""

from sqlalchemy import delete, select, update

from app.database import db
from app.notifications.models import Notification


def notify(user_id: int, kind: str, actor_id: int | None = None) -> Notification:
    """Tell a person that something happened; the last of one kind and actor stands for all before it.

    Ten messages of one friend, or somebody who follows and unfollows all day, are so one line, not a flood.
    """
    # Read, then deleted by id: a DELETE that finds nothing would lock a gap in MariaDB's index against its neighbours.
    former = db.session.scalars(
        select(Notification.id).where(
            Notification.user_id == user_id, Notification.actor_id == actor_id, Notification.kind == kind
        )
    ).all()
    if former:
        db.session.execute(delete(Notification).where(Notification.id.in_(former)))
    notification = Notification(user_id=user_id, kind=kind, actor_id=actor_id)
    db.session.add(notification)
    db.session.flush()
    return notification


def mark_read(user_id: int, up_to: int) -> None:
    """Note that a person has seen their notifications up to that id; what came later stays unread."""
    db.session.execute(
        update(Notification)
        .where(Notification.user_id == user_id, Notification.unread, Notification.id <= up_to)
        .values(unread=False)
    )


def mark_read_of(user_id: int, kind: str, actor_id: int) -> None:
    """Note that a person has seen what one of their notifications spoke of: they were at the thing itself."""
    ids = db.session.scalars(
        select(Notification.id).where(
            Notification.user_id == user_id,
            Notification.actor_id == actor_id,
            Notification.kind == kind,
            Notification.unread,
        )
    ).all()
    if ids:
        db.session.execute(update(Notification).where(Notification.id.in_(ids)).values(unread=False))
