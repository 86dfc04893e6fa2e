"""What the API reads and pages don't."""

from sqlalchemy import func, select, true
from sqlalchemy.engine import Row

from app.database import count_rows, db
from app.relationships.models import Follow
from app.users.models import User, UserCounts

COUNTED = select(
    User,
    func.coalesce(UserCounts.posts, 0).label("post_count"),
    func.coalesce(UserCounts.followers, 0).label("follower_count"),
    count_rows(Follow.follower_id, User.id).label("following_count"),
).join_from(User, UserCounts, UserCounts.user_id == User.id, isouter=True)


def user(user_id: int) -> Row | None:
    """A person with their counts: User, post_count, follower_count, following_count."""
    return db.session.execute(COUNTED.where(User.id == user_id)).first()


def users(page: int, size: int) -> tuple[list[Row], int]:
    """A numbered page of all people, oldest first, as `user` gives one; and how many there are."""
    return _listed(User.id, true(), page, size)


def followers(user_id: int, page: int, size: int) -> tuple[list[Row], int]:
    """Likewise of those who follow a person."""
    return _listed(Follow.follower_id, Follow.followed_id == user_id, page, size)


def following(user_id: int, page: int, size: int) -> tuple[list[Row], int]:
    """Likewise of those whom a person follows."""
    return _listed(Follow.followed_id, Follow.follower_id == user_id, page, size)


def _listed(column, condition, page, size):
    # By their ids alone: what comes before the page is not read.
    ids = select(column).where(condition).order_by(column).limit(size).offset((page - 1) * size).subquery()
    rows = COUNTED.join(ids, User.id == ids.c[0]).order_by(User.id)
    return list(db.session.execute(rows)), db.session.scalar(select(func.count(column)).where(condition))
