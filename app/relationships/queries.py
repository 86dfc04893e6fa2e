"""Who follows whom."""

from sqlalchemy import func, select
from sqlalchemy.engine import Row

from app.database import db
from app.relationships.models import Follow

follows = Follow.__table__


def followed_ids(user_id: int, limit: int) -> list[int]:
    """The ids of those whom a person follows, at most `limit` of them."""
    query = select(follows.c.followed_id).where(follows.c.follower_id == user_id).limit(limit)
    return list(db.session.scalars(query))


def standing(user_id: int, viewer_id: int | None = None) -> Row:
    """How many follow a person (`followers`), how many they follow (`following`), whether the viewer does (`followed`).

    One statement, answered from indexes alone.
    """
    followers = select(func.count()).where(follows.c.followed_id == user_id).scalar_subquery()
    following = select(func.count()).where(follows.c.follower_id == user_id).scalar_subquery()
    followed = select(func.count()).where(follows.c.followed_id == user_id, follows.c.follower_id == viewer_id)
    return db.session.execute(
        select(
            followers.label("followers"),
            following.label("following"),
            (followed.scalar_subquery() > 0).label("followed"),
        )
    ).one()
