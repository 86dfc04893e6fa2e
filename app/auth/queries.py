"""Who signs in."""

from sqlalchemy import select

from app.database import db
from app.users.models import User


def user_of_session(session_id: str) -> User | None:
    """The person whose session this is, or None when it was ended."""
    return db.session.scalar(select(User).where(User.session_id == session_id))
