"""Queries of posts."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from app.database import db
from app.posts.models import Post
from app.users.models import User

posts, users = Post.__table__, User.__table__


class PostRow(NamedTuple):
    """A post and its author, as pages and the API show them."""

    id: int
    author_id: int
    username: str
    display_name: str
    body: str
    language: str | None
    created_at: datetime


# The columns of PostRow.
COLUMNS = (
    *(posts.c.id, posts.c.author_id, users.c.username, users.c.display_name),
    *(posts.c.body, posts.c.language, posts.c.created_at),
)


def post(post_id: int) -> PostRow | None:
    """The post with that id, or None."""
    row = db.session.execute(
        select(*COLUMNS).join(users, users.c.id == posts.c.author_id).where(posts.c.id == post_id)
    ).first()
    return PostRow._make(row) if row else None
