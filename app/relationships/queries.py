"""Whom users follow, and how many follow them."""

from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Label, bindparam, exists, func, literal_column, select

from app.compiled_select import CompiledSelect
from app.database import count_rows
from app.relationships.models import Follow
from app.users.models import UserCounts

follows, counts = Follow.__table__, UserCounts.__table__


class _Followed(NamedTuple):
    followed_id: int


class Standing(NamedTuple):
    """A user's numbers of followers and of users they follow, and whether the viewer follows them."""

    followers: int
    following: int
    followed: bool


def standing_columns(user_id: ColumnElement[int]) -> tuple[Label[Any], ...]:
    """Return the columns of Standing, for a SELECT with the user's id in `user_id` and the parameter `viewer`.

    The database reads them from indexes alone.
    """
    followers = select(counts.c.followers).where(counts.c.user_id == user_id).scalar_subquery()
    return (
        func.coalesce(followers, 0).label("followers"),
        count_rows(follows.c.follower_id, user_id).label("following"),
        exists(literal_column("1"))
        .where(follows.c.followed_id == user_id, follows.c.follower_id == bindparam("viewer"))
        .label("followed"),
    )


FOLLOWED = CompiledSelect(
    select(follows.c.followed_id).where(follows.c.follower_id == bindparam("follower")).limit(bindparam("limit")),
    _Followed,
)
STANDING = CompiledSelect(select(*standing_columns(bindparam("user_id"))), Standing)


def followed_ids(user_id: int, limit: int) -> list[int]:
    """Return the ids of at most `limit` users whom a user follows."""
    return FOLLOWED.scalars(follower=user_id, limit=limit)


def standing(user_id: int, viewer_id: int | None = None) -> Standing:
    """Return the standing of a user; a viewer of None follows no one."""
    return STANDING.all(user_id=user_id, viewer=viewer_id)[0]
