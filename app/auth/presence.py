"""When users and their sessions were last seen."""

import contextlib
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import select, update

from app.auth.models import LoginSession
from app.database import begin_unless_locked, utc_now
from app.outages import DATABASE_ERRORS
from app.users.models import User

PRESENCE_INTERVAL = timedelta(minutes=1)  # how stale a user's `last_seen_at` may be
DEVICE_INTERVAL = timedelta(minutes=10)  # the same of a session


class Seen(Protocol):
    """A user with the time they were last seen."""

    @property
    def id(self) -> int: ...

    @property
    def last_seen_at(self) -> datetime: ...


def note_presence(user: Seen) -> None:
    """Store when the user was last seen, at most once a minute: SQLite's writers queue.

    Uses its own transaction, so that the request's rollback does not affect it. If the row or SQLite is locked, or the
    database fails, the next request tries again: pages never wait for this lock.
    """
    now = utc_now()
    if now - user.last_seen_at >= PRESENCE_INTERVAL:
        _stamp(User, user.id, now)


def note_device(session_id: int, last_seen_at: datetime) -> None:
    """Store when a session was last used, as `note_presence` does, at most every ten minutes."""
    now = utc_now()
    if now - last_seen_at >= DEVICE_INTERVAL:
        _stamp(LoginSession, session_id, now)


def _stamp(table: type[User | LoginSession], row_id: int, now: datetime) -> None:
    with contextlib.suppress(*DATABASE_ERRORS), begin_unless_locked() as connection:
        connection.execute(select(table.id).where(table.id == row_id).with_for_update(nowait=True))
        connection.execute(update(table).where(table.id == row_id).values(last_seen_at=now))
