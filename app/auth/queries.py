"""Who signs in."""

from sqlalchemy import bindparam, select

from app.database import db
from app.users.models import User

OF_SESSION = select(User).where(User.session_id == bindparam("session_id"))  # put together once: each request asks


def user_of_session(session_id: str) -> User | None:
    """The person whose session this is, or None when it was ended."""
    return db.session.scalar(OF_SESSION, {"session_id": session_id})
