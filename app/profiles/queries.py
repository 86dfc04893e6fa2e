"""The profile of a user, as their page shows it."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, select

from app.compiled_select import CompiledSelect
from app.relationships.queries import standing_columns
from app.users import rules
from app.users.models import Named, User

users = User.__table__


class _ProfileRow(NamedTuple):
    id: int
    username: str
    display_name: str
    about_me: str
    created_at: datetime
    last_seen_at: datetime
    is_administrator: bool
    followers: int
    following: int
    followed: bool


class Profile(_ProfileRow, Named):
    """A user, with the columns of relationships.queries.Standing."""

    __slots__ = ()


PROFILE = CompiledSelect(
    select(
        users.c.id,
        users.c.username,
        users.c.display_name,
        users.c.about_me,
        users.c.created_at,
        users.c.last_seen_at,
        users.c.is_administrator,
        *standing_columns(users.c.id),
    ).where(users.c.username_key == bindparam("key")),
    Profile,
)


def profile(username: str, viewer_id: int) -> Profile | None:
    """Return the profile of the user with this username, whatever its case, or None."""
    if not rules.USERNAME.fullmatch(username):
        return None
    return PROFILE.first(key=rules.username_key(username), viewer=viewer_id)
