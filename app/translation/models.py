"""What posts say in other languages."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.database import UTCDateTime, db, utc_now

ROOM = 4000  # characters: a translation is seldom twice as long as what it translates


class Translation(db.Model):
    """A post in another language, as the service gave it."""

    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"), primary_key=True)
    language: Mapped[str] = mapped_column(String(8), primary_key=True)  # BCP 47's primary tag
    body: Mapped[str] = mapped_column(String(ROOM))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now)
