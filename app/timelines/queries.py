"""The posts of a timeline, newest first, as rows that carry what a page shows.

Each page of posts is found in a subquery, by indexes alone, and its columns and authors are joined outside: joined
beside ORDER BY and LIMIT, MariaDB would start from the authors and sort all their posts. Outside, the joins are outer
ones, which fix the order: by inner ones SQLite 3.46 reads all posts and looks each up in the page (475 ms on L for
0.04), since it can't know how small the bound LIMIT is.
"""

from collections.abc import Sequence
from functools import cache

from sqlalchemy import bindparam, exists, literal_column, or_, select, true
from sqlalchemy.engine import Row

from app.pagination import Key, Page, narrow, nearest_first, paginate
from app.posts.queries import COLUMNS, posts, users
from app.prepared import Prepared
from app.relationships.queries import followed_ids, follows

# With 5,000 ids IN takes 17 ms on SQLite and 13 on MariaDB, EXISTS 0.1 and 2; with 100 IN wins. Past 32,766
# SQLite refuses.
MANY = 500

# Whose posts a timeline has.
FOLLOWED_BY_READER = exists(literal_column("1")).where(
    follows.c.follower_id == bindparam("reader"), follows.c.followed_id == posts.c.author_id
)
WHOSE = {
    "anybody": true(),
    "one": posts.c.author_id == bindparam("author"),
    "some": posts.c.author_id.in_(bindparam("authors", expanding=True)),
    "many": or_(posts.c.author_id == bindparam("reader"), FOLLOWED_BY_READER),
    "those": posts.c.id.in_(bindparam("ids", expanding=True)),
}


def home(user_id: int, key: Key, size: int) -> Page:
    """What a person and those whom they follow wrote.

    Whom they follow is asked first: a join, a subselect or EXISTS is slow by the hundredfold on one of the databases
    for those who follow few who write. Those who follow MANY find a page among the newest posts, one by one.
    """
    followed = followed_ids(user_id, limit=MANY + 1)
    if len(followed) > MANY:
        return _page(key, size, "many", reader=user_id)
    return _page(key, size, "some", authors=[user_id, *followed])


def public(key: Key, size: int) -> Page:
    """What everybody wrote."""
    return _page(key, size, "anybody")


def profile(user_id: int, key: Key, size: int) -> Page:
    """What one person wrote."""
    return _page(key, size, "one", author=user_id)


def those(ids: Sequence[int], key: Key, limit: int) -> Sequence[Row]:
    """The posts of these ids on the key's side of it, nearest to it first, as `pagination.paginate` wants them."""
    return _rows(key, limit, "those", ids=ids)


def _page(key: Key, size: int, whose: str, **parameters) -> Page:
    return paginate(lambda key, limit: _rows(key, limit, whose, **parameters), key, size)


def _rows(key: Key, limit: int, whose: str, **parameters) -> Sequence[Row]:
    return _prepared(whose, key.side).rows(**parameters, **key.arguments, limit=limit)


@cache
def _prepared(whose: str, side: str) -> Prepared:
    page = narrow(select(posts.c.id).where(WHOSE[whose]), posts.c.id, side).subquery("page")
    query = (
        select(*COLUMNS)
        .join_from(page, posts, posts.c.id == page.c.id, isouter=True)
        .join(users, users.c.id == posts.c.author_id, isouter=True)
    )
    return Prepared(nearest_first(query, posts.c.id, side))
