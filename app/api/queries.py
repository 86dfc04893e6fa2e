"""What only the API reads: users with their counts."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, select, true

from app.database import count_rows, db
from app.relationships.models import Follow
from app.users.models import User, UserCounts


class UserRow(NamedTuple):
    """A user and their counts."""

    id: int
    username: str
    display_name: str
    about_me: str
    email: str
    last_seen_at: datetime
    post_count: int
    follower_count: int
    following_count: int


COUNTED = select(
    User.id,
    User.username,
    User.display_name,
    User.about_me,
    User.email,
    User.last_seen_at,
    func.coalesce(UserCounts.posts, 0).label("post_count"),
    func.coalesce(UserCounts.followers, 0).label("follower_count"),
    count_rows(Follow.follower_id, User.id).label("following_count"),
).join_from(User, UserCounts, UserCounts.user_id == User.id, isouter=True)


def user(user_id: int) -> UserRow | None:
    """The user with that id, or None."""
    row = db.session.execute(COUNTED.where(User.id == user_id)).first()
    return UserRow._make(row) if row else None


def users(page: int, size: int) -> tuple[list[UserRow], int]:
    """A numbered page of all users, oldest first, and how many there are."""
    return _listed(User.id, true(), page, size)


def followers(user_id: int, page: int, size: int) -> tuple[list[UserRow], int]:
    """Likewise of the followers of a user."""
    return _listed(Follow.follower_id, Follow.followed_id == user_id, page, size)


def following(user_id: int, page: int, size: int) -> tuple[list[UserRow], int]:
    """Likewise of those whom a user follows."""
    return _listed(Follow.followed_id, Follow.follower_id == user_id, page, size)


def _listed(column: Any, condition: ColumnElement[bool], page: int, size: int) -> tuple[list[UserRow], int]:
    # By ids alone, so that what precedes the page is not read.
    ids = select(column).where(condition).order_by(column).limit(size).offset((page - 1) * size).subquery()
    rows = db.session.execute(COUNTED.join(ids, User.id == ids.c[0]).order_by(User.id))
    total = db.session.scalar(select(func.count(column)).where(condition)) or 0
    return list(map(UserRow._make, rows)), total
