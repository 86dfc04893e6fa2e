"""Find users by name and address."""

from sqlalchemy import select

from app.database import db
from app.users import rules
from app.users.models import User


def by_id(user_id: int) -> User | None:
    """The user with that id, or None."""
    return db.session.get(User, user_id)


def by_username(username: str) -> User | None:
    """The person of that name, whatever its case."""
    if not rules.USERNAME.fullmatch(username):  # MariaDB finds "susan" for "susan " too
        return None
    return db.session.scalar(select(User).where(User.username_key == rules.username_key(username)))


def by_email(email: str) -> User | None:
    """The person of that address, whatever its case."""
    return db.session.scalar(select(User).where(User.email_key == rules.email_key(email)))
