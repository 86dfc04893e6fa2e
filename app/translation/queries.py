"""What is kept of translations."""

from sqlalchemy import select

from app.database import db
from app.translation.models import Translation


def translation(post_id: int, language: str) -> str | None:
    """What a post says in that language, if somebody asked for it before."""
    return db.session.scalar(
        select(Translation.body).where(Translation.post_id == post_id, Translation.language == language)
    )
