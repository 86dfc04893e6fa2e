"""What is kept of each person instead of counted."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.database import db


class Counts(db.Model):
    """How much a person has of what is without a bound; nothing where there is no row.

    These are no columns of `user`: whoever follows would lock that row, which whatever people write refers to, and two
    who follow each other would wait for each other.
    """

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    posts: Mapped[int]
    followers: Mapped[int]
