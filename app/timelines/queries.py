"""The posts of a timeline, newest first, as rows that carry what a page shows.

Each page of posts is found in a subquery, by indexes alone, and its columns and authors are joined outside: joined
beside ORDER BY and LIMIT, MariaDB would start from the authors and sort all their posts. Outside, the joins are outer
ones: by inner ones SQLite 3.46 reads all posts and looks each up in the page (475 ms on L for 0.04), since it can't
know how small the bound LIMIT is. The few rows are sorted here; a server would make a table first.
"""

from collections.abc import Sequence
from functools import cache
from operator import attrgetter

from sqlalchemy import Integer, Select, bindparam, exists, func, literal_column, or_, select, true, union_all

from app.compiled_select import CompiledSelect
from app.database import db
from app.pagination import Key, Page, narrow, paginate
from app.posts.queries import COLUMNS, PostRow, posts, users
from app.relationships.queries import followed_ids, follows

# With 5,000 ids IN takes 17 ms on SQLite and 13 on MariaDB, EXISTS 0.1 and 2; with 100 IN wins. Past 32,766
# SQLite refuses.
MANY = 500

# A server answers one question sooner than two. It is first asked which of so many newest posts belong to home, post by
# post: among more it would search for milliseconds in vain where somebody follows few who write.
RECENT = 4000

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


# Which of them are recent, on each side of a key; `edge` is what `_recent_edge` gives.
NEAR = {
    "": posts.c.id > select(func.max(posts.c.id)).scalar_subquery() - bindparam("edge"),
    "before": posts.c.id > bindparam("edge"),
    "after": posts.c.id < bindparam("edge"),
}


def home(user_id: int, key: Key, size: int) -> Page:
    """What a person and those whom they follow wrote.

    Whom they follow is asked first: among all posts, a join, a subselect or EXISTS is slow by the hundredfold on one of
    the databases for those who follow few who write. Those who follow MANY find a page among the newest posts, one by
    one.
    """
    return paginate(lambda key, limit: _home_rows(user_id, key, limit), key, size)


def _home_rows(user_id: int, key: Key, limit: int) -> Sequence[PostRow]:
    if db.engine.dialect.name != "sqlite":
        rows = _rows(key, limit, "recent", reader=user_id, edge=_recent_edge(key))
        if len(rows) == limit:
            return rows
    followed = followed_ids(user_id, limit=MANY + 1)
    if len(followed) > MANY:
        return _rows(key, limit, "many", reader=user_id)
    return _rows(key, limit, "some", authors=[user_id, *followed])


def _recent_edge(key: Key) -> int:
    if key.before is not None:
        return key.before - RECENT
    return RECENT if key.after is None else key.after + RECENT


def public(key: Key, size: int) -> Page:
    """What everybody wrote."""
    return _page(key, size, "anybody")


def profile(user_id: int, key: Key, size: int) -> Page:
    """What one person wrote."""
    return _page(key, size, "one", author=user_id)


def those(ids: Sequence[int], key: Key, limit: int) -> Sequence[PostRow]:
    """The posts of these ids on the key's side of it, nearest to it first, as `pagination.paginate` wants them."""
    return _rows(key, limit, "those", ids=ids)


def _page(key: Key, size: int, whose: str, **parameters) -> Page:
    return paginate(lambda key, limit: _rows(key, limit, whose, **parameters), key, size)


def _rows(key: Key, limit: int, whose: str, **parameters) -> Sequence[PostRow]:
    rows = _compiled(whose, key.side).all(**parameters, **key.arguments, limit=limit)
    return sorted(rows, key=attrgetter("id"), reverse=key.side != "after")


@cache
def _compiled(whose: str, side: str) -> CompiledSelect[PostRow]:
    found = _recent(side) if whose == "recent" else select(posts.c.id).where(WHOSE[whose])
    page = narrow(found, posts.c.id, side).subquery("page")
    return CompiledSelect(
        select(*COLUMNS)
        .join_from(page, posts, posts.c.id == page.c.id, isouter=True)
        .join(users, users.c.id == posts.c.author_id, isouter=True),
        PostRow,
    )


def _recent(side: str) -> Select:
    """The reader's posts and those of whom they follow among the RECENT ones, for a server.

    It goes through the posts and looks up who wrote each; the other way round, it would sort all posts of all those.
    """
    reader = select(bindparam("reader", type_=Integer))
    whose = union_all(select(follows.c.followed_id).where(follows.c.follower_id == bindparam("reader")), reader)
    whose = whose.subquery("whose")
    return (
        select(posts.c.id)
        .prefix_with("STRAIGHT_JOIN")
        .join(whose, whose.c.followed_id == posts.c.author_id)
        .where(NEAR[side])
    )
