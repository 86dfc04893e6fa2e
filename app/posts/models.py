"""Posts."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.database import TABLE_OPTIONS, UTCDateTime, db, utc_now
from app.users.models import User


class Post(db.Model):
    """Something a person wrote for everybody."""

    __table_args__ = TABLE_OPTIONS | {"sqlite_autoincrement": True}

    # Timelines are read newest id first, so this order is the order of writing, ties included.
    id: Mapped[int] = mapped_column(primary_key=True)
    # The one index that timelines need: the primary key ends it on both engines. A second one on
    # (author_id, created_at) made SQLite choose badly.
    author_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    body: Mapped[str] = mapped_column(String(1000))
    language: Mapped[str | None] = mapped_column(String(8))  # BCP 47's primary tag; None: not known
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now)

    author: Mapped[User] = relationship(lazy="raise")  # queries say what they load
