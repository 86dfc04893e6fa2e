"""Who signs in."""

from sqlalchemy import bindparam, select

from app.database import db
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
