"""The posts of a timeline, newest first, as rows that carry what a page shows.

Each page of posts is found in a subquery, by indexes alone, and its columns and authors are joined outside: joined
beside ORDER BY and LIMIT, MariaDB would start from the authors and sort all their posts.
"""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.engine import Row

from app.database import db
from app.pagination import Key, Page, paginate
from app.posts.models import Post
from app.relationships.queries import followed_ids, follows
from app.users.models import User

posts, users = Post.__table__, User.__table__

# With 5,000 ids IN takes 17 ms on SQLite and 13 on MariaDB, EXISTS 0.1 and 2; with 100 IN wins. Past 32,766
# SQLite refuses.
MANY = 500


def home(user_id: int, key: Key, size: int) -> Page:
    """What a person and those whom they follow wrote.

    Whom they follow is asked first: a join, a subselect or EXISTS is slow by the hundredfold on one of the databases
    for those who follow few who write. Those who follow MANY find a page among the newest posts, one by one.
    """
    followed = followed_ids(user_id, limit=MANY + 1)
    if len(followed) <= MANY:
        return _page(key, size, posts.c.author_id.in_([user_id, *followed]))
    follows_author = exists().where(follows.c.follower_id == user_id, follows.c.followed_id == posts.c.author_id)
    return _page(key, size, or_(posts.c.author_id == user_id, follows_author))


def public(key: Key, size: int) -> Page:
    """What everybody wrote."""
    return _page(key, size)


def profile(user_id: int, key: Key, size: int) -> Page:
    """What one person wrote."""
    return _page(key, size, posts.c.author_id == user_id)


def _page(key: Key, size: int, *of: ColumnElement[bool]) -> Page:
    def fetch(key: Key, limit: int) -> Sequence[Row]:
        page = key.narrow(select(posts.c.id).where(*of), posts.c.id, limit).subquery("page")
        query = (
            select(
                posts.c.id, posts.c.author_id, users.c.username, users.c.display_name, posts.c.body, posts.c.created_at
            )
            .join_from(page, posts, posts.c.id == page.c.id)
            .join(users, users.c.id == posts.c.author_id)
        )
        return db.session.execute(key.order(query, posts.c.id)).all()

    return paginate(fetch, key, size)
