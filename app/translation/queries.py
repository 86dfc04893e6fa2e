"""Queries of stored translations."""

from sqlalchemy import select

from app.database import db
from app.translation.models import Translation


def translation(post_id: int, language: str) -> str | None:
    """The stored translation of a post into that language, or None."""
    return db.session.scalar(
        select(Translation.body).where(Translation.post_id == post_id, Translation.language == language)
    )
