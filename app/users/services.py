"""What changes accounts. Nothing is committed here: the view does that."""

import contextlib
import re

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, update
from sqlalchemy.exc import IntegrityError

from app.database import db, insert_if_absent
from app.exceptions import Invalid, NotAllowed
from app.users import rules
from app.users.models import Actor, User, UserCounts
from app.users.signals import user_changed, user_created, user_deleting

# How SQLite ("user.email_key"), MariaDB ("'uq_user_email_key'") and MySQL ("'user.uq_user_email_key'") name the index
# at the end of what they say.
TAKEN = re.compile(r"(username|email)_key'?$")
ADDRESS_TAKEN = _l("This address has an account already.")
PROFILE = ("username", "display_name", "about_me", "locale")
MESSAGES = {"username": _l("This username is taken."), "email": ADDRESS_TAKEN}


def create_user(username: str, email: str, password_hash: str) -> User:
    """A new account. Raises Invalid for a broken rule, or when the username or the address is taken."""
    user = User(password_hash=password_hash)
    _name(user, username)
    _address(user, email)
    with _told_what_is_taken():
        db.session.add(user)
    user_created.send(user)
    return user


def check_owner(user: User, by: Actor) -> None:
    """Let nobody change the account of another. Raises NotAllowed."""
    if user.id != by.id:
        raise NotAllowed(_("You can only change your own account."))


def change_profile(user: User, **changes: str | None) -> None:
    """Set some of what `update_profile` sets, and raise as it does; what is left out stays."""
    update_profile(user, **{name: getattr(user, name) for name in PROFILE} | changes)


def update_profile(user: User, *, username: str, display_name: str, about_me: str, locale: str | None) -> None:
    """Set what the person says of themselves. Raises Invalid for a broken rule, or when the username is taken."""
    values = rules.display_name(display_name), rules.about_me(about_me), rules.locale(locale)
    with _told_what_is_taken():
        _name(user, username)
        user.display_name, user.about_me, user.locale = values
    user_changed.send(user)


def change_address(user: User, email: str) -> str:
    """Give the account another e-mail address; the former one. Raises Invalid when it is taken meanwhile."""
    former = user.email
    with _told_what_is_taken():
        _address(user, email)
    return former


def promote(user: User) -> None:
    """Make the person an administrator, who may delete anybody's posts, at once in all their sessions and programs."""
    user.is_administrator = True
    db.session.flush()


def demote(user: User) -> None:
    """Make an administrator a person like others again."""
    user.is_administrator = False
    db.session.flush()


def delete_user(user: User) -> None:
    """Delete the account and, by the foreign keys of the database, all that hangs on it."""
    user_deleting.send(user)
    db.session.delete(user)
    db.session.flush()
    db.session.expire_all()  # what the database deleted may be loaded


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


def _name(user: User, username: str) -> None:
    user.username = rules.username(username)
    user.username_key = rules.username_key(username)


def _address(user: User, email: str) -> None:
    user.email = rules.email(email)
    user.email_key = rules.email_key(user.email)


@contextlib.contextmanager
def _told_what_is_taken():
    """Flush what happens inside; the database alone knows whether somebody else was first."""
    try:
        with db.session.begin_nested():
            yield
    except IntegrityError as error:
        taken = TAKEN.search(str(error.orig.args[-1]))
        if taken is None:
            raise
        raise Invalid(taken[1], str(MESSAGES[taken[1]])) from error
