"""Following and unfollowing. The caller commits."""

from flask_babel import gettext as _
from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError

from app.database import changed, db
from app.exceptions import Invalid, NotFound
from app.notifications.models import FOLLOW
from app.notifications.services import notify
from app.relationships.models import Follow
from app.users.models import User, UserCounts
from app.users.services import add_to_counts, change_counts


def follow(follower_id: int, followed_id: int) -> bool:
    """Let one user follow another. Idempotent; returns True if the follow is new.

    Raises Invalid if both are the same user, NotFound if the followed user does not exist.
    """
    if follower_id == followed_id:
        raise Invalid("username", _("You can't follow yourself."))
    try:
        with db.session.begin_nested():
            db.session.execute(insert(Follow).values(follower_id=follower_id, followed_id=followed_id))
    except IntegrityError as error:  # the follow exists, or the user does not
        # A locking read sees what others committed meanwhile; the transaction's snapshot may not.
        if db.session.scalar(select(User.id).where(User.id == followed_id).with_for_update(read=True)) is None:
            raise NotFound(_("User not found")) from error
        return False
    notify(followed_id, FOLLOW, actor_id=follower_id)
    add_to_counts(followed_id, followers=1)
    return True


def unfollow(follower_id: int, followed_id: int) -> bool:
    """Let one user unfollow another. Idempotent; returns True if there was a follow.

    Raises Invalid if both are the same user.
    """
    if follower_id == followed_id:
        raise Invalid("username", _("You can't unfollow yourself."))
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
    # Until the commit, no follow of theirs is added, since that reads the row of the user, and none is deleted.
    db.session.execute(select(User.id).where(User.id == user_id).with_for_update())
    db.session.execute(followed.with_for_update())
    change_counts(UserCounts.user_id.in_(followed), followers=-1)
