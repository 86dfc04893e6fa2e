"""Who follows whom."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Label, bindparam, exists, func, literal_column, select
from sqlalchemy.engine import Row

from app.counts.models import Counts
from app.counts.queries import counted
from app.prepared import Prepared
from app.relationships.models import Follow

follows, counts = Follow.__table__, Counts.__table__

FOLLOWED = Prepared(
    select(follows.c.followed_id).where(follows.c.follower_id == bindparam("follower")).limit(bindparam("limit"))
)


def standing_columns(person: ColumnElement) -> tuple[Label, ...]:
    """How `standing` tells how a person stands with the parameter `viewer`; `person` holds their id.

    Each is answered from indexes alone.
    """
    followers = select(counts.c.followers).where(counts.c.user_id == person).scalar_subquery()
    return (
        func.coalesce(followers, 0).label("followers"),
        counted(follows.c.follower_id, person).label("following"),
        exists(literal_column("1"))
        .where(follows.c.followed_id == person, follows.c.follower_id == bindparam("viewer"))
        .label("followed"),
    )


STANDING = Prepared(select(*standing_columns(bindparam("person"))))


def followed_ids(user_id: int, limit: int) -> Sequence[int]:
    """The ids of those whom a person follows, at most `limit` of them."""
    return [row.followed_id for row in FOLLOWED.rows(follower=user_id, limit=limit)]


def standing(user_id: int, viewer_id: int | None = None) -> Row:
    """How many follow a person (`followers`) and they follow (`following`), whether the viewer does (`followed`)."""
    return STANDING.rows(person=user_id, viewer=viewer_id)[0]
