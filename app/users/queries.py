"""Find users by id, username and email address."""

from sqlalchemy import select

from app import text
from app.database import db
from app.users import rules
from app.users.email_addresses import email_key
from app.users.models import User


def by_id(user_id: int) -> User | None:
    """Return the user with this id, or None."""
    return db.session.get(User, user_id)


def by_username(username: str) -> User | None:
    """Return the user with this username, whatever its case, or None."""
    if not rules.USERNAME.fullmatch(username):  # MariaDB finds "susan" for "susan " too
        return None
    return db.session.scalar(select(User).where(User.username_key == rules.username_key(username)))


def by_name(name: str) -> User | None:
    """Return the user with this username or email address, or None."""
    name = name.strip()
    return by_email(name) if "@" in name else by_username(name)


def by_email(email: str) -> User | None:
    """Return the user with this email address, however it is written, or None."""
    if not text.is_storable(email):  # an argument of a command may be no UTF-8
        return None
    return db.session.scalar(select(User).where(User.email_key == email_key(email)))
