"""The table of the outbox."""

from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.database import TABLE_OPTIONS, Model, UTCDateTime, utc_now
from app.signing import CLOCK_SKEW

# States
PENDING, SENT, FAILED = "pending", "sent", "failed"

PATIENCE = timedelta(days=1)  # how long a mail is retried
RETENTION = timedelta(days=7)  # how long operators see what was sent and what failed
ERROR_LIMIT = 200  # code points, the size of the column


class OutboxMail(Model):
    """A mail to send, or that was sent or given up.

    It holds no text and no link: both are made when the mail is sent, so a leaked table holds no links.
    """

    __tablename__ = "outbox_mail"

    __table_args__ = (Index("ix_outbox_mail_state_due_at", "state", "due_at"), TABLE_OPTIONS)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(32))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    recipient: Mapped[str] = mapped_column(String(254))  # "" once the mail is sent
    locale: Mapped[str | None] = mapped_column(String(8))  # of the request, for users who have not chosen a language
    state: Mapped[str] = mapped_column(String(8), default=PENDING)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(String(ERROR_LIMIT), default="")  # of the last attempt
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now)
    # The next attempt; the first is due at once, also to a worker whose clock is behind.
    due_at: Mapped[datetime] = mapped_column(UTCDateTime, default=lambda: utc_now() - CLOCK_SKEW)
    expires_at: Mapped[datetime] = mapped_column(UTCDateTime, default=lambda: utc_now() + PATIENCE)
    ended_at: Mapped[datetime | None] = mapped_column(UTCDateTime, index=True)  # sent or given up
