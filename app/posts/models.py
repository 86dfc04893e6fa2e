"""The table of posts."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.database import TABLE_OPTIONS, Model, UTCDateTime, utc_now
from app.users.models import User


class Post(Model):
    """A post, which all signed-in users can read."""

    __tablename__ = "post"

    # SQLite would reuse the highest id after a delete; ids are part of addresses and keys of pages.
    __table_args__ = TABLE_OPTIONS | {"sqlite_autoincrement": True}

    # Timelines are sorted by id, newest first: unlike created_at it has no ties.
    id: Mapped[int] = mapped_column(primary_key=True)
    # The only index that timelines need: on both engines an index ends with the primary key. With another one on
    # (author_id, created_at), SQLite picked the wrong one.
    author_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    body: Mapped[str] = mapped_column(String(1000))
    language: Mapped[str | None] = mapped_column(String(8))  # primary language tag (BCP 47); None: unknown
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now)

    author: Mapped[User] = relationship(lazy="raise")  # no query per row: each query loads what it needs
