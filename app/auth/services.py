"""What changes who may come in. Nothing is committed here: the view does that."""

import contextlib
import secrets
from datetime import datetime, timedelta
from typing import Protocol

from flask_babel import gettext as _
from sqlalchemy import delete, update
from sqlalchemy.exc import OperationalError

from app.auth import passwords, rules
from app.auth.models import ApiToken
from app.database import db, utc_now
from app.exceptions import Invalid, NotFound
from app.users import queries, services
from app.users import rules as user_rules
from app.users.models import User, new_session_id

TOKEN_VALID = timedelta(days=90)
SEEN = timedelta(minutes=1)  # how old what is kept of it may be


def register(username: str, email: str, password: str) -> User:
    """A new account with that password. Raises Invalid for a broken rule or when a name or address is taken."""
    return services.create_user(username, email, passwords.hashed(passwords.checked(password)))


def authenticate(name: str, password: str) -> User | None:
    """The person of that username or e-mail address if the password is theirs, else None.

    One password hash is worked out either way, so that the time it takes doesn't tell which names exist.
    """
    name = name.strip()
    user = queries.by_email(name) if "@" in name else queries.by_username(name)
    return user if passwords.matches(password, user.password_hash if user else None) else None


def change_password(user: User, current: str, new: str) -> None:
    """Give the person another password, and end their sessions. Raises Invalid."""
    confirm(user, current)
    set_password(user, new)


def is_another_address(user: User, email: str | None) -> bool:
    """Whether that is an address to change to: none is not, nor is the person's own, whatever its case."""
    return email is not None and user_rules.email_key(email) != user.email_key


def ask_for_address(user: User, email: str, password: str) -> None:
    """Check that the person may have that address; a mail to it, once confirmed, changes it. Raises Invalid."""
    confirm(user, password)
    if queries.by_email(user_rules.email(email)):
        raise Invalid("email", str(services.ADDRESS_TAKEN))


def set_password(user: User, new: str) -> None:
    """Set the password of a person who has shown who they are, and end their sessions. Raises Invalid."""
    user.password_hash = passwords.hashed(passwords.checked(new))
    renew_session_id(user)


def confirm(user: User, password: str) -> None:
    """Whoever sits at an open session must know its password before they take it over. Raises Invalid."""
    if not passwords.matches(password, user.password_hash):
        raise Invalid("password", _("That is not your password."))


def renew_session_id(user: User) -> None:
    """End every session of the person, remembered ones too, and those of their programs."""
    user.session_id = new_session_id()
    db.session.execute(delete(ApiToken).where(ApiToken.user_id == user.id))
    db.session.flush()


def issue_token(user: User, name: str = "") -> tuple[str, ApiToken]:
    """A token for one of the person's programs, which only they will ever know, and what is kept of it."""
    token = secrets.token_urlsafe(32)
    kept = ApiToken(
        user_id=user.id,
        name=rules.token_name(name),
        token_hash=rules.token_hash(token),
        expires_at=utc_now() + TOKEN_VALID,
    )
    db.session.execute(delete(ApiToken).where(ApiToken.user_id == user.id, ApiToken.expires_at < utc_now()))
    db.session.add(kept)
    db.session.flush()
    return token, kept


def revoke_token(user_id: int, token_id: int) -> None:
    """End one of the person's tokens. Raises NotFound when they have none of that id."""
    gone = db.session.execute(delete(ApiToken).where(ApiToken.id == token_id, ApiToken.user_id == user_id))
    if not gone.rowcount:
        raise NotFound(_("There is no such token."))


class Seen(Protocol):
    """A user with the time they were last seen."""

    @property
    def id(self) -> int: ...

    @property
    def last_seen_at(self) -> datetime: ...


def note_presence(user: Seen) -> None:
    """Keep when the person was last seen, by the minute: a write for every page would make SQLite's writers queue.

    In a transaction of its own, which the page being made, whatever becomes of it, has no part in. A database that is
    busy just now is not worth an error: the next page says it again.
    """
    now = utc_now()
    if now - user.last_seen_at < SEEN:
        return
    stamp = update(User).where(User.id == user.id).values(last_seen_at=now)
    with contextlib.suppress(OperationalError), db.engine.begin() as connection:
        connection.execute(stamp)
