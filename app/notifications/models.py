"""Notifications."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.database import TABLE_OPTIONS, Model, UTCDateTime, utc_now

# Kinds. The text of each is made when it is read, in the reader's language (texts.py).
FOLLOW = "follow"
MESSAGE = "message"
EXPORT_DONE = "export_done"
EXPORT_FAILED = "export_failed"


class Notification(Model):
    """Tells `user` that `actor`, or the application when there is none, did something."""

    __tablename__ = "notification"

    __table_args__ = (
        Index(None, "user_id"),  # the page: the primary key ends it
        Index(None, "user_id", "unread", "kind"),  # the badge on every page, from the index alone
        Index(None, "actor_id", "user_id"),  # the former one of the same actor
        # Ids are never reused: pollers ask for what is newer than the last id they saw.
        TABLE_OPTIONS | {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(16))
    unread: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now)
