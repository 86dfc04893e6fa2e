"""Reading notifications."""

import functools
from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, bindparam, func, select
from sqlalchemy.engine import Row

from app.database import db
from app.notifications.models import Notification
from app.pagination import Key, narrow, nearest_first
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


def notifications(user_id: int, key: Key, limit: int) -> Sequence[Row]:
    """A person's notifications, newest first; see pagination.paginate.

    Rows: id, kind, unread, created_at, and of the actor, None if there is none: actor_id, username, display_name.
    """
    return db.session.execute(_notifications(key.side), {"user_id": user_id, "limit": limit, **key.arguments}).all()


@functools.cache
def _notifications(side_of_key: str) -> Select:
    page = select(Notification).where(Notification.user_id == bindparam("user_id"))
    # The page first, the actors joined outside: MariaDB would begin with them and sort everything.
    row = narrow(page, Notification.id, side_of_key).subquery("page")
    rows = (
        select(row.c.id, row.c.kind, row.c.unread, row.c.created_at, row.c.actor_id, User.username, User.display_name)
        .select_from(row)
        .outerjoin(User, User.id == row.c.actor_id)
    )
    return nearest_first(rows, row.c.id, side_of_key)
