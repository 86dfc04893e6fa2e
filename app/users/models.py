"""The tables of users and their cached counts."""

from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import ForeignKey, String, false
from sqlalchemy.orm import Mapped, mapped_column

from app.database import TABLE_OPTIONS, Model, UTCDateTime, utc_now


class Actor(Protocol):
    """A user who does something: what a service needs to know to permit it."""

    @property
    def id(self) -> int: ...

    @property
    def is_administrator(self) -> bool: ...


class Named:
    """A row with a username and a display name, which may be empty."""

    __slots__ = ()

    username: Any
    display_name: Any

    @property
    def name(self) -> str:
        """The name that pages show."""
        name: str = self.display_name or self.username
        return name


class User(Named, Model):
    """An account.

    `username_key` and `email_key` hold what must be unique: databases disagree on case and accents.
    """

    __tablename__ = "user"

    # Ids are never reused (SQLite would reuse the highest): they are the keys of avatars and cached posts.
    __table_args__ = TABLE_OPTIONS | {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(64))
    username_key: Mapped[str] = mapped_column(String(64), unique=True)
    email: Mapped[str] = mapped_column(String(254))  # RFC 5321: a path of 256 with its angle brackets
    email_key: Mapped[str] = mapped_column(String(254), unique=True)
    # Whether the user has opened a link mailed to the address; anyone can register with the address of a stranger.
    email_confirmed: Mapped[bool] = mapped_column(default=False, server_default=false())
    display_name: Mapped[str] = mapped_column(String(400), default="")  # at most 64 graphemes (rules.py)
    about_me: Mapped[str] = mapped_column(String(1000), default="")  # at most 140 graphemes
    password_hash: Mapped[str] = mapped_column(String(256))
    locale: Mapped[str | None] = mapped_column(String(8))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now)
    last_seen_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now)
    # Set by `flask user promote` alone, by no page and not by the API.
    is_administrator: Mapped[bool] = mapped_column(default=False, server_default=false())


class UserCounts(Model):
    """Cached counts for one user; no row means zero.

    They are not columns of `user`: a follow would lock the row that all the user's content refers to, and two users who
    follow each other at the same time would deadlock.
    """

    __tablename__ = "user_counts"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    posts: Mapped[int]
    followers: Mapped[int]
