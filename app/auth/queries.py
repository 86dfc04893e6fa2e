"""Find the user of a session or an API token."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from flask_login import UserMixin
from sqlalchemy import Integer, bindparam, cast, select

from app.auth import rules
from app.auth.models import ApiToken, LoginSession
from app.compiled_select import CompiledSelect
from app.database import db, utc_now
from app.messages.queries import unread_messages
from app.notifications.queries import unread_notifications
from app.pagination import NEWEST, Key, narrow
from app.users.models import Named, User

users, sessions, tokens = User.__table__, LoginSession.__table__, ApiToken.__table__


class _SessionRow(NamedTuple):
    id: int
    username: str
    display_name: str
    locale: str | None
    last_seen_at: datetime
    is_administrator: bool
    unread_messages: int
    unread_notifications: int
    session_id: int
    session_seen_at: datetime
    session_expires_at: datetime


class SessionUser(_SessionRow, Named, UserMixin):
    """Flask-Login's `current_user`: the user of a session, with what every page shows of them."""

    __slots__ = ()


class TokenOwner(NamedTuple):
    """The user of the API token that was sent, which is `token_id`."""

    id: int
    username: str
    last_seen_at: datetime
    is_administrator: bool
    token_id: int
    expires_at: datetime


# One SELECT for the session, its user and both badges: each further query would cost every page a tenth of its time.
SESSION_USER = CompiledSelect(
    select(
        users.c.id,
        users.c.username,
        users.c.display_name,
        users.c.locale,
        users.c.last_seen_at,
        users.c.is_administrator,
        cast(unread_messages(users.c.id), Integer).label("unread_messages"),  # MySQL sums integers to a decimal
        unread_notifications(users.c.id).label("unread_notifications"),
        sessions.c.id.label("session_id"),
        sessions.c.last_seen_at.label("session_seen_at"),
        sessions.c.expires_at.label("session_expires_at"),
    )
    .join(users, users.c.id == sessions.c.user_id)
    .where(sessions.c.token_hash == bindparam("token_hash")),
    SessionUser,
)

TOKEN_OWNER = CompiledSelect(
    select(
        users.c.id,
        users.c.username,
        users.c.last_seen_at,
        users.c.is_administrator,
        tokens.c.id.label("token_id"),
        tokens.c.expires_at,
    )
    .join(users, users.c.id == tokens.c.user_id)
    .where(tokens.c.token_hash == bindparam("token_hash")),
    TokenOwner,
)


def user_of_session(token: str) -> SessionUser | None:
    """Return the user of a session, or None if it is unknown, has ended or has expired."""
    user = SESSION_USER.first(token_hash=rules.token_hash(token))
    return user if user and user.session_expires_at > utc_now() else None


def sessions_of(user_id: int) -> list[LoginSession]:
    """Return the valid sessions of a user, the most recently used first."""
    valid = select(LoginSession).where(LoginSession.user_id == user_id, LoginSession.expires_at > utc_now())
    return list(db.session.scalars(valid.order_by(LoginSession.last_seen_at.desc(), LoginSession.id.desc())))


def owner_of_token(token: str) -> TokenOwner | None:
    """Return the user of an API token, or None if it is unknown or has expired."""
    owner = TOKEN_OWNER.first(token_hash=rules.token_hash(token))
    return owner if owner and owner.expires_at > utc_now() else None


def tokens_of(user_id: int, key: Key = NEWEST, limit: int = 100) -> Sequence[ApiToken]:
    """Return at most `limit` valid API tokens of a user, nearest to `key` first; see pagination.paginate."""
    valid = select(ApiToken).where(ApiToken.user_id == user_id, ApiToken.expires_at > utc_now())
    return db.session.scalars(narrow(valid, ApiToken.id, key.side), {"limit": limit, **key.arguments}).all()
