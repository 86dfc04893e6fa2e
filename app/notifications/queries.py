"""Queries of notifications."""

import functools
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, ScalarSelect, Select, bindparam, func, select

from app.database import db
from app.notifications.models import MESSAGE, Notification
from app.pagination import Key, narrow, nearest_first
from app.users.models import User


class NotificationRow(NamedTuple):
    """A notification and its actor, whose three fields are None if the application itself is the actor."""

    id: int
    kind: str
    unread: bool
    created_at: datetime
    actor_id: int | None
    username: str | None
    display_name: str | None


def unread_notifications(user_id: ColumnElement[int] | int) -> ScalarSelect[int]:
    """The number of a user's unread notifications, as a scalar subquery for the SELECT that loads the user.

    Those of messages are left out: `unread_messages` counts each unread message already.
    """
    return (
        select(func.count(Notification.id))
        .where(Notification.user_id == user_id, Notification.unread, Notification.kind != MESSAGE)
        .correlate_except(Notification)
        .scalar_subquery()
    )


def newest_id(user_id: int) -> int:
    """The id of a user's newest notification, 0 if there is none."""
    return (
        db.session.scalar(
            select(Notification.id).where(Notification.user_id == user_id).order_by(Notification.id.desc()).limit(1)
        )
        or 0
    )


def notifications(user_id: int, key: Key, limit: int) -> Sequence[NotificationRow]:
    """At most `limit` notifications of a user, nearest to `key` first; see pagination.paginate."""
    rows = db.session.execute(_notifications(key.side), {"user_id": user_id, "limit": limit, **key.arguments})
    return [NotificationRow._make(row) for row in rows]


@functools.cache
def _notifications(side_of_key: str) -> Select[Any]:
    page = select(Notification).where(Notification.user_id == bindparam("user_id"))
    # The actors are joined to the page: MariaDB would start from all users and sort everything.
    row = narrow(page, Notification.id, side_of_key).subquery("page")
    rows = (
        select(row.c.id, row.c.kind, row.c.unread, row.c.created_at, row.c.actor_id, User.username, User.display_name)
        .select_from(row)
        .outerjoin(User, User.id == row.c.actor_id)
    )
    return nearest_first(rows, row.c.id, side_of_key)
