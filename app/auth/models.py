"""The tables of sessions and API tokens. Only hashes are stored, so a leaked table grants no access."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.database import TABLE_OPTIONS, Model, UTCDateTime, utc_now
from app.users.models import User


class LoginSession(Model):
    """A browser where a user is signed in, until it expires or is ended.

    Holds the texts of the device list, but no address: phones change it often, and it reveals where the user was.
    """

    __tablename__ = "login_session"

    # Ids are never reused (SQLite would reuse the highest): an old page would end another session than it shows.
    __table_args__ = TABLE_OPTIONS | {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    browser: Mapped[str] = mapped_column(String(32))  # as in "Firefox"; "" if unknown
    system: Mapped[str] = mapped_column(String(32))  # as in "Android"; "" if unknown
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now)
    last_seen_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)


class ApiToken(Model):
    """Lets a program act for a user until it expires."""

    __tablename__ = "api_token"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(64), default="")
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)  # SHA-256: random input needs no slow hash
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime)

    user: Mapped[User] = relationship(lazy="raise")
