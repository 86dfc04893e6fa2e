"""Reading posts."""

from sqlalchemy import select
from sqlalchemy.engine import Row

from app.database import db
from app.posts.models import Post
from app.users.models import User

posts, users = Post.__table__, User.__table__

# What a page shows of a post.
COLUMNS = (
    *(posts.c.id, posts.c.author_id, users.c.username, users.c.display_name),
    *(posts.c.body, posts.c.language, posts.c.created_at),
)


def post(post_id: int) -> Row | None:
    """A post and its author, as COLUMNS."""
    return db.session.execute(
        select(*COLUMNS).join(users, users.c.id == posts.c.author_id).where(posts.c.id == post_id)
    ).first()
