"""Translations of posts."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Model, UTCDateTime, utc_now

BODY_LIMIT = 4000  # code points, four times a post's: translations are longer than their originals


class Translation(Model):
    """The translation of a post into one language, as the service returned it."""

    __tablename__ = "translation"

    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"), primary_key=True)
    language: Mapped[str] = mapped_column(String(8), primary_key=True)  # BCP 47's primary tag
    body: Mapped[str] = mapped_column(String(BODY_LIMIT))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now)
