"""Creating notifications, which other features do by `notify`, and marking them as read. The caller commits."""

from sqlalchemy import Select, delete, select, update

from app.database import db
from app.notifications.models import Notification


def notify(user_id: int, kind: str, actor_id: int | None = None) -> Notification:
    """Notify a user, and delete their former notification of the same kind and actor: ten messages are one row.

    `actor_id` is None if the application itself is the actor.
    """
    # Select, then delete by id: in MariaDB a DELETE that matches nothing takes a gap lock, which blocks inserts.
    former = db.session.scalars(_ids_of(user_id, kind, actor_id)).all()
    if former:
        db.session.execute(delete(Notification).where(Notification.id.in_(former)))
    notification = Notification(user_id=user_id, kind=kind, actor_id=actor_id)
    db.session.add(notification)
    db.session.flush()
    return notification


def mark_read(user_id: int, up_to: int) -> None:
    """Mark a user's notifications up to that id as read; later ones stay unread."""
    db.session.execute(
        update(Notification)
        .where(Notification.user_id == user_id, Notification.unread, Notification.id <= up_to)
        .values(unread=False)
    )


def mark_read_of(user_id: int, kind: str, actor_id: int) -> None:
    """Mark a user's notifications of one kind and actor as read, once they have seen what these are about."""
    ids = db.session.scalars(_ids_of(user_id, kind, actor_id).where(Notification.unread)).all()
    if ids:
        db.session.execute(update(Notification).where(Notification.id.in_(ids)).values(unread=False))


def _ids_of(user_id: int, kind: str, actor_id: int | None) -> Select[int]:
    return select(Notification.id).where(
        Notification.user_id == user_id, Notification.actor_id == actor_id, Notification.kind == kind
    )
