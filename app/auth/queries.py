"""Who signs in."""

from sqlalchemy import bindparam, select

from app.auth import rules
from app.auth.models import ApiToken
from app.database import db, utc_now
from app.messages.queries import unread_messages
from app.notifications.queries import unread_notifications
from app.users.models import User

# Put together once: each request asks.
OF_SESSION = select(User, unread_messages(User.id), unread_notifications(User.id)).where(
    User.session_id == bindparam("session_id")
)


def user_of_session(session_id: str) -> User | None:
    """The person whose session this is, or None when it was ended; with what every page shows of them.

    One select: two more for the badges would cost each page a tenth of its time.
    """
    row = db.session.execute(OF_SESSION, {"session_id": session_id}).first()
    if row is None:
        return None
    user, messages, user.unread_notifications = row
    user.unread_messages = int(messages)  # MySQL's sum of integers is a decimal
    return user


OF_TOKEN = (
    select(ApiToken, User)
    .join(User, User.id == ApiToken.user_id)
    .where(ApiToken.token_hash == bindparam("token_hash"), ApiToken.expires_at > bindparam("now"))
)


def token_and_person(token: str) -> tuple[ApiToken, User] | None:
    """A token that is still valid and whose it is, or None."""
    row = db.session.execute(OF_TOKEN, {"token_hash": rules.token_hash(token), "now": utc_now()}).first()
    return row and (row[0], row[1])


def tokens_of(user_id: int) -> list[ApiToken]:
    """A person's tokens that are still valid, newest first."""
    valid = select(ApiToken).where(ApiToken.user_id == user_id, ApiToken.expires_at > utc_now())
    return list(db.session.scalars(valid.order_by(ApiToken.id.desc())))
