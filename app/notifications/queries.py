"""Reading notifications."""

from sqlalchemy import ColumnElement, func, select

from app.database import db
from app.notifications.models import Notification
from app.pagination import Key
from app.users.models import User


def unread_notifications(user_id: ColumnElement[int] | int):
    """How many unread notifications a person has, as a scalar subquery for the select that loads the person."""
    return (
        select(func.count(Notification.id))
        .where(Notification.user_id == user_id, Notification.unread)
        .correlate_except(Notification)
        .scalar_subquery()
    )


def newest_id(user_id: int) -> int:
    """The id of a person's newest notification, 0 if there is none."""
    return (
        db.session.scalar(
            select(Notification.id).where(Notification.user_id == user_id).order_by(Notification.id.desc()).limit(1)
        )
        or 0
    )


def notifications(user_id: int, key: Key, limit: int):
    """A person's notifications, newest first; see pagination.paginate.

    Rows: id, kind, unread, created_at, and of the actor, None if there is none: actor_id, username, display_name.
    """
    page = select(Notification).where(Notification.user_id == user_id).limit(limit)
    if key.after is not None:
        page = page.where(Notification.id > key.after).order_by(Notification.id)
    elif key.before is not None:
        page = page.where(Notification.id < key.before).order_by(Notification.id.desc())
    else:
        page = page.order_by(Notification.id.desc())
    # The page first, the actors joined outside: MariaDB would begin with them and sort everything.
    row = page.subquery()
    return db.session.execute(
        select(row.c.id, row.c.kind, row.c.unread, row.c.created_at, row.c.actor_id, User.username, User.display_name)
        .select_from(row)
        .outerjoin(User, User.id == row.c.actor_id)
        .order_by(row.c.id if key.after is not None else row.c.id.desc())
    ).all()
