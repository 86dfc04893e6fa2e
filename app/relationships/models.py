"""Who follows whom."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.database import UTCDateTime, db, utc_now


class Follow(db.Model):
    """`follower` reads the posts of `followed` on the home timeline."""

    follower_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    # The primary key answers "whom do I follow"; this index answers "who follows me".
    followed_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True, index=True)
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now)


class FollowerCount(db.Model):
    """How many follow a person, for whom no row says that nobody ever did.

    To count them takes 15 ms where a hundred people have 100,000 followers. It is no column of `user`: whoever follows
    would lock that row, which whatever people write refers to, and two who follow each other would wait for each other.
    """

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    followers: Mapped[int]
