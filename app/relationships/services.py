"""Following and unfollowing. The caller commits."""

from flask_babel import gettext as _
from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError

from app.database import changed, db, lock_rows
from app.exceptions import Invalid
from app.notifications.models import FOLLOW
from app.notifications.services import notify
from app.relationships.models import Follow
from app.users.models import User, UserCounts
from app.users.services import add_to_counts, change_counts, hold


def follow(follower_id: int, followed_id: int) -> bool:
    """Let one user follow another. Idempotent; returns True if the follow is new.

    Raises Invalid if both are the same user, NotFound if one of them does not exist.
    """
    if follower_id == followed_id:
        raise Invalid("username", _("You can't follow yourself."))
    hold(follower_id, followed_id)
    try:
        with db.session.begin_nested():
            db.session.execute(insert(Follow).values(follower_id=follower_id, followed_id=followed_id))
    except IntegrityError:  # the follow exists
        return False
    notify(followed_id, FOLLOW, actor_id=follower_id)
    add_to_counts(followed_id, followers=1)
    return True


def unfollow(follower_id: int, followed_id: int) -> bool:
    """Let one user unfollow another. Idempotent; returns True if there was a follow.

    Raises Invalid if both are the same user, NotFound if one of them does not exist.
    """
    if follower_id == followed_id:
        raise Invalid("username", _("You can't unfollow yourself."))
    hold(follower_id, followed_id)
    result = db.session.execute(
        delete(Follow).where(Follow.follower_id == follower_id, Follow.followed_id == followed_id)
    )
    if not changed(result):
        return False
    add_to_counts(followed_id, followers=-1)
    return True


def uncount_follows(user: User) -> None:
    """Before deleting a user, decrement the follower counts of everyone they follow."""
    user_id = user.id
    followed = select(Follow.followed_id).where(Follow.follower_id == user_id)
    # The user's row is locked: until the commit, no follow of theirs is added or deleted.
    lock_rows(followed)
    change_counts(UserCounts.user_id.in_(followed), followers=-1)
