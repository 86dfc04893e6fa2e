"""People."""

import secrets
from datetime import datetime
from typing import Any, Protocol

from flask_login import UserMixin
from sqlalchemy import ForeignKey, String, false
from sqlalchemy.orm import Mapped, mapped_column

from app.database import TABLE_OPTIONS, Model, UTCDateTime, utc_now


def new_session_id() -> str:
    """A random id for what sessions carry instead of the user's own (Flask-Login's alternative id)."""
    return secrets.token_urlsafe(24)


class Actor(Protocol):
    """Who does something: what a service asks of a user before it lets them."""

    @property
    def id(self) -> int: ...

    @property
    def is_administrator(self) -> bool: ...


class Named:
    """Anything with a username and a display name, which may be empty."""

    __slots__ = ()

    username: Any
    display_name: Any

    @property
    def name(self) -> str:
        """The name that pages show."""
        return self.display_name or self.username


class User(Named, UserMixin, Model):
    """A person with an account.

    `username_key` and `email_key` decide what is unique: databases disagree on case and accents.
    """

    __tablename__ = "user"

    # An id is never given twice (SQLite would reuse the highest): avatars and cached posts are named by it.
    __table_args__ = TABLE_OPTIONS | {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(64))
    username_key: Mapped[str] = mapped_column(String(64), unique=True)
    email: Mapped[str] = mapped_column(String(254))  # RFC 5321: a path of 256 with its angle brackets
    email_key: Mapped[str] = mapped_column(String(254), unique=True)
    display_name: Mapped[str] = mapped_column(String(400), default="")  # at most 64 graphemes; a form's rule
    about_me: Mapped[str] = mapped_column(String(1000), default="")  # at most 140 graphemes
    password_hash: Mapped[str] = mapped_column(String(256))
    locale: Mapped[str | None] = mapped_column(String(8))
    session_id: Mapped[str] = mapped_column(String(43), unique=True, default=new_session_id)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now)
    last_seen_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now)
    # Looks after the site. Only `flask user promote` makes one: no page does, and not the API.
    is_administrator: Mapped[bool] = mapped_column(default=False, server_default=false())

    def get_id(self) -> str:
        """What the session cookie carries; a new one ends all sessions of the user."""
        return self.session_id


class UserCounts(Model):
    """Cached counts for one user; no row means zero.

    They are not columns of `user`: a follow would lock the row that all the user's content refers to, and two users who
    follow each other at the same time would deadlock.
    """

    __tablename__ = "user_counts"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    posts: Mapped[int]
    followers: Mapped[int]
