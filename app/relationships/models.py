"""The table of follows."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Model, UTCDateTime, utc_now


class Follow(Model):
    """`follower` sees the posts of `followed` on the home timeline."""

    __tablename__ = "follow"

    follower_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    # The primary key finds whom a user follows; this index finds their followers.
    followed_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now)
