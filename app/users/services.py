"""Changes of accounts. The caller commits."""

import contextlib
import re
from collections.abc import Iterator

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, select, update
from sqlalchemy.exc import IntegrityError

from app.database import db, insert_if_absent, lock_rows
from app.exceptions import Invalid, NotAllowed, NotFound
from app.users import email_addresses, passwords, queries, rules
from app.users.models import Actor, User, UserCounts
from app.users.signals import user_changed, user_created, user_deleted, user_deleting

# Matches the index name at the end of an error: "user.email_key" (SQLite), "'uq_user_email_key'" (MariaDB),
# "'user.uq_user_email_key'" (MySQL).
TAKEN = re.compile(r"(username|email)_key'?$")
MESSAGES = {"username": _l("This username is taken."), "email": _l("This email address is already in use.")}
PROFILE = ("username", "display_name", "about_me", "locale")


def create_user(
    username: str, email: str, password: str, again: str | None = None, *, email_confirmed: bool = False
) -> User:
    """Create an account. Raises Invalid for broken rules, or if the username or the email address is taken.

    `again` is the password as it was typed a second time, or None.
    """
    kept, *_free = rules.check_all(
        lambda: rules.apply_all(username=username, email=email, password=password, again=again),
        lambda: check_free("username", queries.by_username(username)),
        lambda: check_free("email", queries.by_email(email)),
    )
    user = User(password_hash=passwords.hashed(kept["password"]), email_confirmed=email_confirmed)
    _set_username(user, kept["username"])
    _set_email(user, kept["email"])
    with _reporting_taken():
        db.session.add(user)
    user_created.send(user)
    return user


def check_free(field: str, holder: User | None) -> None:
    """Raise Invalid if the username or email address has a holder.

    The index decides when it is stored (`_reporting_taken`); this finds the error before.
    """
    if holder:
        raise Invalid(field, str(MESSAGES[field]))


def hold(*user_ids: int | None, missing: str = "") -> None:
    """Keep these accounts from being deleted until the commit; None stands for one that was. Raises NotFound.

    Call it before the first write to what belongs to them. Deleting an account locks its row first, too, so the two
    never meet in a broken foreign key or a deadlock. `missing` is the message of the error.
    """
    accounts = {user_id for user_id in user_ids if user_id is not None}
    held = lock_rows(select(User.id).where(User.id.in_(accounts)).order_by(User.id), shared=True).all()
    if len(held) < len(accounts):
        raise NotFound(missing or _("User not found"))


def lock(user: User) -> None:
    """Refresh a user, whom no one else changes or deletes until the commit. Raises NotFound if the account is gone."""
    if lock_rows(select(User).where(User.id == user.id)).first() is None:
        raise NotFound(_("User not found"))


def check_owner(user: User, by: Actor) -> None:
    """Raise NotAllowed unless the account belongs to `by`."""
    if user.id != by.id:
        raise NotAllowed(_("You can only change your own account."))


def change_profile(user: User, **changes: str | None) -> None:
    """Change some of the values of `update_profile`, and raise the same errors."""
    lock(user)
    _set_profile(user, **{name: getattr(user, name) for name in PROFILE} | changes)


def update_profile(user: User, *, username: str, display_name: str, about_me: str, locale: str | None) -> None:
    """Change the profile. Raises Invalid for broken rules, or if the username is taken, and NotFound."""
    lock(user)
    _set_profile(user, username=username, display_name=display_name, about_me=about_me, locale=locale)


def _set_profile(user: User, **values: str | None) -> None:
    kept = rules.apply_all(**values)
    with _reporting_taken():
        _set_username(user, kept["username"])
        user.display_name, user.about_me, user.locale = kept["display_name"], kept["about_me"], kept["locale"]
    user_changed.send(user)


def change_email(user: User, email: str) -> str:
    """Make a confirmed address the user's, and return the former one. Raises Invalid if it is not valid or taken."""
    former = user.email
    with _reporting_taken():
        _set_email(user, email_addresses.email(email))
        user.email_confirmed = True
    return former


def promote(user: User) -> None:
    """Make the user an administrator, who may delete any post. Current sessions and API tokens gain this at once."""
    lock(user)
    user.is_administrator = True
    db.session.flush()


def demote(user: User) -> None:
    """Take the administrator's rights from the user."""
    lock(user)
    user.is_administrator = False
    db.session.flush()


def delete_user(user: User) -> None:
    """Delete the account. The foreign keys of the database delete what belongs to it. Raises NotFound."""
    lock(user)
    user_deleting.send(user)
    db.session.delete(user)
    db.session.flush()
    db.session.expire_all()  # loaded objects may be among the deleted rows
    user_deleted.send(user)


def add_to_counts(user_id: int, **changes: int) -> None:
    """Change the cached counts of one user, as in `posts=1`. Locks their row until the commit."""
    insert_if_absent(UserCounts, user_id=user_id, posts=0, followers=0)
    change_counts(UserCounts.user_id == user_id, **changes)


def change_counts(condition: ColumnElement[bool], **changes: int) -> None:
    """Change the cached counts of every user whose row meets the condition."""
    columns = UserCounts.__table__.c
    values = {name: columns[name] + change for name, change in changes.items()}
    db.session.execute(
        update(UserCounts).where(condition).values(values), execution_options={"synchronize_session": False}
    )


def _set_username(user: User, username: str) -> None:
    user.username = username
    user.username_key = rules.username_key(username)


def _set_email(user: User, email: str) -> None:
    user.email = email
    user.email_key = email_addresses.email_key(email)


@contextlib.contextmanager
def _reporting_taken() -> Iterator[None]:
    """Flush at the end of the block; raise Invalid if the username or email address is taken.

    Only the unique index can tell: another request may take it at the same moment.
    """
    try:
        with db.session.begin_nested():
            yield
    except IntegrityError as error:
        taken = TAKEN.search(str(error.orig.args[-1])) if error.orig else None
        if taken is None:
            raise
        raise Invalid(taken[1], str(MESSAGES[taken[1]])) from error
