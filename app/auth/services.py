"""Authentication, sessions, and changes of passwords, email addresses and API tokens. The caller commits."""

import logging
import secrets
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import delete, func, select
from sqlalchemy.orm import InstrumentedAttribute

from app.auth import devices, links, rules
from app.auth.models import ApiToken, LoginSession
from app.auth.signals import signed_in
from app.database import changed, db, lock_rows, utc_now
from app.exceptions import Invalid, NotAllowed, NotFound
from app.logs import client_address
from app.mail import services as outbox
from app.submissions import services as submissions
from app.users import email_addresses, passwords, queries
from app.users import rules as user_rules
from app.users.models import User
from app.users.services import change_email, check_free, create_user

log = logging.getLogger(__name__)

TOKEN_VALID = timedelta(days=90)
MAX_TOKENS = 100  # per user
# A session ends this long after the sign-in, used or not, to limit the use of a stolen cookie.
REMEMBERED_VALID = timedelta(days=365)
SESSION_VALID = timedelta(days=31)  # one that the browser forgets when it is closed
SESSIONS_MAX = 50  # per user


def register(username: str, email: str, password: str, form_key: str = "", again: str | None = None) -> User:
    """Create an account, and mail a link to confirm its address. Raises Invalid.

    A repeated submission of a form returns the first one's account, unless its password has changed since.
    """
    payload = ("user", username, email, password)
    try:
        user = create_user(username, email, password, again)
    except Invalid:
        taken_by = queries.by_username(username)
        is_repeated = taken_by and submissions.submitter(form_key, payload) == taken_by.id
        if taken_by and is_repeated and passwords.matches(password, taken_by.password_hash):
            return taken_by
        raise
    submissions.record(user.id, form_key, payload)
    links.request_confirmation(user, user.email)
    return user


def authenticate(name: str, password: str) -> User | None:
    """Return the user with this username or email address if the password is theirs, else None.

    One password is hashed either way, so that the response time does not reveal which names exist.
    """
    user = queries.by_name(name)
    if passwords.matches(password, user.password_hash if user else None):
        return user
    log_refusal("sign-in failed", user)
    return None


def log_refusal(what: str, user: User | None) -> None:
    """Log an attempt on an account. The typed name is omitted: it may be a password in the wrong field."""
    account = f"user {user.id} @{user.username}" if user else "no such account"
    log.warning("%s: %s, address %s", what, account, client_address())


def change_password(user: User, current: str, new: str, again: str | None = None) -> None:
    """Change the password and end all sessions of the user. Raises as `set_password` does."""
    check_password(user, current)
    set_password(user, new, again)


def set_password(user: User, new: str, again: str | None = None, *, confirms_email: bool = False) -> None:
    """Set the password, typed `again` in a form, of an authenticated user, end their sessions, and notify them by mail.

    Raises Invalid, and NotAllowed if the password or the address has changed since `user` was read: of two simultaneous
    changes, or uses of a link, one succeeds.
    """
    personal = (user.username, user.email, user.display_name)
    password_hash = passwords.hashed(user_rules.new_password(new, again, "new_password", personal))
    lock_unchanged(user, User.password_hash, User.email_key)
    user.password_hash = password_hash
    user.email_confirmed = user.email_confirmed or confirms_email
    db.session.flush()
    end_sessions(user.id)
    links.cancel(user)
    if user.email_confirmed:
        outbox.write("password_changed", user.email, user.id)


def reset_password(user: User, new: str, again: str | None = None) -> None:
    """Set the password of a user who opened the link for it, which also confirms their address. Raises the same."""
    set_password(user, new, again, confirms_email=True)


def check_password(user: User, password: str) -> None:
    """Raise Invalid unless the password is the user's: a session left open must not suffice to take over an account."""
    if not passwords.matches(password, user.password_hash):
        log_refusal("wrong password", user)
        raise Invalid("password", _("Wrong password. Try again."))


def is_new_email(user: User, email: str) -> bool:
    """Whether the address is another one than the user's, whatever its case."""
    return email_addresses.email_key(email) != user.email_key


def request_email_change(user: User, email: str, password: str, form_key: str = "") -> str:
    """Mail a link to this address and return it normalized; the address changes when the user opens the link.

    Raises Invalid if the user may not have it, and NotAllowed if the password has changed since `user` was read: that
    has cancelled the links that were asked for before.
    """
    check_password(user, password)
    email = email_addresses.email(email)
    if not is_new_email(user, email):
        raise Invalid("email", _("This is already your address."))
    check_free("email", queries.by_email(email))
    lock_unchanged(user, User.password_hash)
    links.request_confirmation(user, email, form_key)
    return email


def request_confirmation(user: User, form_key: str = "") -> None:
    """Mail a link to the user's unconfirmed address. Raises NotAllowed if it has changed since `user` was read."""
    lock_unchanged(user, User.email_key)
    links.request_confirmation(user, user.email, form_key)


def confirm_email(user: User, email: str) -> None:
    """Make `email` the user's address, whose link they opened, and notify the former address.

    Raises Invalid, and NotAllowed if the password or the address has changed since `user` was read.
    """
    lock_unchanged(user, User.password_hash, User.email_key)
    notify_former = user.email_confirmed and is_new_email(user, email)
    former = change_email(user, email)
    links.cancel(user)
    if notify_former:
        outbox.write("address_changed", former, user.id)


def start_session(user: User, user_agent: str, remember: bool) -> str:
    """Start a session of the user, whose password was checked; return its token.

    Also deletes expired sessions, and the user's least recently used ones over SESSIONS_MAX. Raises NotAllowed if the
    password has changed since `user` was read.
    """
    now, token = utc_now(), secrets.token_urlsafe(32)
    lock_unchanged(user, User.password_hash)
    expired = select(LoginSession.id).where(LoginSession.expires_at < now).order_by(LoginSession.id)
    others = select(LoginSession.id).where(LoginSession.user_id == user.id).order_by(LoginSession.last_seen_at.desc())
    # By id, in whose order `end_sessions` locks the rows, too.
    ending = {*db.session.scalars(expired.limit(1000)), *db.session.scalars(others.offset(SESSIONS_MAX - 1))}
    if ending:
        db.session.execute(delete(LoginSession).where(LoginSession.id.in_(sorted(ending))))
    session = LoginSession(
        user_id=user.id,
        token_hash=rules.token_hash(token),
        browser=devices.browser_of(user_agent),
        system=devices.system_of(user_agent),
        expires_at=now + (REMEMBERED_VALID if remember else SESSION_VALID),
    )
    db.session.add(session)
    db.session.flush()
    return token


def end_session(user_id: int, session_id: int) -> None:
    """End a session of the user. Raises NotFound if they have none with that id."""
    ended = delete(LoginSession).where(LoginSession.id == session_id, LoginSession.user_id == user_id)
    if not changed(db.session.execute(ended)):
        raise NotFound(_("This device is already signed out."))


def end_sessions(user_id: int, keep: int | None = None) -> None:
    """End all sessions of the user, except the one with the id `keep`, and revoke their API tokens."""
    db.session.execute(delete(LoginSession).where(LoginSession.user_id == user_id, LoginSession.id != (keep or 0)))
    db.session.execute(delete(ApiToken).where(ApiToken.user_id == user_id))


def issue_token(user: User, name: str = "") -> tuple[str, ApiToken]:
    """Return a new API token and its row, which holds only its hash.

    Raises Invalid for the name, or if the user has MAX_TOKENS, and NotAllowed if the password has changed since `user`
    was read.
    """
    lock_unchanged(user, User.password_hash)
    token = secrets.token_urlsafe(32)
    row = ApiToken(
        user_id=user.id,
        name=rules.token_name(name),
        token_hash=rules.token_hash(token),
        expires_at=utc_now() + TOKEN_VALID,
    )
    db.session.execute(delete(ApiToken).where(ApiToken.user_id == user.id, ApiToken.expires_at < utc_now()))
    issued = db.session.execute(select(func.count(ApiToken.id)).where(ApiToken.user_id == user.id)).scalar_one()
    if issued >= MAX_TOKENS:
        raise Invalid(
            "name", _("You have %(limit)d API tokens. Revoke one before you create another.", limit=MAX_TOKENS)
        )
    db.session.add(row)
    db.session.flush()
    signed_in.send(user)
    return token, row


def issue_token_once(user: User, name: str, form_key: str) -> str:
    """Issue a token; a repeated submission replaces the first one's token, which cannot be shown again.

    Raises as `issue_token` does.
    """
    lock_unchanged(user, User.password_hash)  # before the submission shares the row with others
    issued: list[str] = []

    def create() -> int:
        token, row = issue_token(user, name)
        issued.append(token)
        return row.id

    def revoke(former_id: int) -> bool:
        db.session.execute(delete(ApiToken).where(ApiToken.id == former_id, ApiToken.user_id == user.id))
        return False

    submissions.submit(user.id, form_key, ("token", name), create, exists=revoke)
    return issued[0]


def lock_unchanged(user: User, *columns: InstrumentedAttribute[str]) -> None:
    """Let no one else change the user until the commit.

    Raises NotAllowed if one of the columns has changed since `user` was read and checked, or the account is gone.
    """
    now = lock_rows(select(*columns).where(User.id == user.id)).first()
    if now is None or any(getattr(user, column.key) != value for column, value in zip(columns, now, strict=True)):
        raise NotAllowed(_("This account has just been changed. Sign in again."))


def revoke_token(user_id: int, token_id: int) -> None:
    """Revoke an API token of the user. Raises NotFound if they have none with that id."""
    result = db.session.execute(delete(ApiToken).where(ApiToken.id == token_id, ApiToken.user_id == user_id))
    if not changed(result):
        raise NotFound(_("Token not found"))
