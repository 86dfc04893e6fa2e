"""Who signs in."""

from sqlalchemy import Integer, bindparam, cast, select

from app.auth import rules
from app.auth.models import ApiToken
from app.database import db, utc_now
from app.messages.queries import unread_messages
from app.notifications.queries import unread_notifications
from app.prepared import Prepared
from app.users.models import Person, User

users, tokens = User.__table__, ApiToken.__table__

# One select: two more for the badges would cost each page a tenth of its time, the columns that few pages show another.
OF_SESSION = Prepared(
    select(
        users.c.id,
        users.c.username,
        users.c.display_name,
        users.c.locale,
        users.c.session_id,
        users.c.last_seen_at,
        users.c.is_administrator,
        cast(unread_messages(users.c.id), Integer).label("unread_messages"),  # MySQL's sum of integers is a decimal
        unread_notifications(users.c.id).label("unread_notifications"),
    ).where(users.c.session_id == bindparam("session_id")),
    Person,
)


def person_of_session(session_id: str) -> Person | None:
    """The person whose session this is, or None when it was ended; with what every page shows of them."""
    rows = OF_SESSION.rows(session_id=session_id)
    return rows[0] if rows else None


OF_TOKEN = Prepared(
    select(
        users.c.id,
        users.c.username,
        users.c.last_seen_at,
        users.c.is_administrator,
        tokens.c.id.label("token_id"),
        tokens.c.expires_at,
    )
    .join(users, users.c.id == tokens.c.user_id)
    .where(tokens.c.token_hash == bindparam("token_hash")),
    Person,
)


def person_of_token(token: str) -> Person | None:
    """Whose token this is, with its `token_id`, or None when there is none or it has expired."""
    rows = OF_TOKEN.rows(token_hash=rules.token_hash(token))
    return rows[0] if rows and rows[0].expires_at > utc_now() else None


def tokens_of(user_id: int) -> list[ApiToken]:
    """A person's tokens that are still valid, newest first."""
    valid = select(ApiToken).where(ApiToken.user_id == user_id, ApiToken.expires_at > utc_now())
    return list(db.session.scalars(valid.order_by(ApiToken.id.desc())))
