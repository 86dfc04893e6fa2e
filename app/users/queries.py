"""Who is who."""

from sqlalchemy import bindparam, select

from app.database import db
from app.prepared import Prepared
from app.relationships.queries import standing_columns
from app.users import rules
from app.users.models import Person, User

users = User.__table__
OF_PROFILE = Prepared(
    select(
        users.c.id,
        users.c.username,
        users.c.display_name,
        users.c.about_me,
        users.c.created_at,
        users.c.last_seen_at,
        users.c.is_administrator,
        *standing_columns(users.c.id),
    ).where(users.c.username_key == bindparam("key")),
    Person,
)


def profile(username: str, viewer_id: int) -> Person | None:
    """What a person's page shows of them, and how they stand with the viewer: the columns of OF_PROFILE."""
    if not rules.USERNAME.fullmatch(username):
        return None
    rows = OF_PROFILE.rows(key=rules.username_key(username), viewer=viewer_id)
    return rows[0] if rows else None


def by_username(username: str) -> User | None:
    """The person of that name, whatever its case."""
    if not rules.USERNAME.fullmatch(username):  # MariaDB finds "susan" for "susan " too
        return None
    return db.session.scalar(select(User).where(User.username_key == rules.username_key(username)))


def by_email(email: str) -> User | None:
    """The person of that address, whatever its case."""
    return db.session.scalar(select(User).where(User.email_key == rules.email_key(email)))
