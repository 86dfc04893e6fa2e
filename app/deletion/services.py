"""Requests to delete an account. The caller commits."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select

from app.auth import links
from app.auth import services as auth
from app.database import changed, db, utc_now
from app.deletion.models import AccountDeletion
from app.mail import services as outbox
from app.users.models import User
from app.users.services import delete_user

GRACE = timedelta(days=7)


def request_deletion(user: User) -> datetime:
    """Schedule the deletion of an account whose password was checked, and return its time; sign the user out.

    Idempotent: a second request doesn't postpone it. Raises NotAllowed if the password has changed since `user` was
    read, or the account is gone.
    """
    auth.lock_unchanged(user, User.password_hash)
    if scheduled := due_at(user.id):
        return scheduled
    deletion = AccountDeletion(user_id=user.id, due_at=utc_now() + GRACE)
    db.session.add(deletion)
    db.session.flush()
    auth.end_sessions(user.id)
    links.cancel(user)
    if user.email_confirmed:
        outbox.write("deletion", user.email, user.id)
    return deletion.due_at


def due_at(user_id: int) -> datetime | None:
    """Return when the account is to be deleted; None if that was not requested."""
    return db.session.scalar(select(AccountDeletion.due_at).where(AccountDeletion.user_id == user_id))


def cancel(user_id: int) -> bool:
    """Cancel the deletion of an account; return whether there was one."""
    return changed(db.session.execute(delete(AccountDeletion).where(AccountDeletion.user_id == user_id))) > 0


def next_due() -> int | None:
    """Return the id of the account whose deletion has been due for longest, or None."""
    due = select(AccountDeletion.user_id).where(AccountDeletion.due_at <= utc_now())
    return db.session.scalar(due.order_by(AccountDeletion.due_at).limit(1))


def delete_next_due() -> int | None:
    """Delete the account that has been due for longest, and return its id; None if none is due."""
    user_id = next_due()
    if user_id is None:
        return None
    # Locked before the request, as a sign-in does. Meanwhile the user may have signed in, or another worker was first.
    user = db.session.get(User, user_id, with_for_update=True)
    if user is None or not cancel(user_id):
        return None
    delete_user(user)
    return user_id
