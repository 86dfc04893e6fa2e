"""Queries of timelines: pages of posts, newest first.

A subquery finds the ids of a page by indexes alone; columns and authors are joined outside. Joined beside ORDER BY and
LIMIT, MariaDB would start from the authors and sort all their posts. The joins are outer joins: with inner ones SQLite
3.46, which cannot know how small a bound LIMIT is, reads all posts and looks each up in the page (475 ms instead of
0.04 on data set L of bench/). Rows are sorted here: for an outer ORDER BY a server would create a temporary table.
"""

from collections.abc import Sequence
from functools import cache
from operator import attrgetter
from typing import Any

from sqlalchemy import Integer, Select, bindparam, exists, func, literal_column, or_, select, true, union_all

from app.compiled_select import CompiledSelect
from app.database import LARGEST_ID, db
from app.pagination import Key, Page, narrow, paginate
from app.posts.queries import COLUMNS, PostRow, posts, users
from app.relationships.queries import followed_ids, follows

# The most followed users for IN; above, EXISTS is used. IN wins with 100 ids; with 5,000 it takes 17 ms on SQLite and
# 13 ms on MariaDB, EXISTS 0.1 and 2 ms. SQLite refuses more than 32,766.
IN_LIMIT = 500

# How many of the newest posts `home` looks at first. More would cost milliseconds, in vain, for users who follow few
# authors.
RECENT = 4000

FOLLOWED_BY_READER = exists(literal_column("1")).where(
    follows.c.follower_id == bindparam("reader"), follows.c.followed_id == posts.c.author_id
)
CONDITIONS = {
    "all": true(),
    "author": posts.c.author_id == bindparam("author"),
    "authors": posts.c.author_id.in_(bindparam("authors", expanding=True)),
    "followed": or_(posts.c.author_id == bindparam("reader"), FOLLOWED_BY_READER),
    "ids": posts.c.id.in_(bindparam("ids", expanding=True)),
}

# Which posts are recent, by the side of the key; `edge` is from `_recent_edge`.
RECENT_CONDITIONS = {
    "": posts.c.id > select(func.max(posts.c.id)).scalar_subquery() - bindparam("edge"),
    "before": posts.c.id > bindparam("edge"),
    "after": posts.c.id < bindparam("edge"),
}


def home(user_id: int, key: Key, size: int) -> Page[PostRow]:
    """A page of posts by a user and those they follow.

    The page is first looked for among the RECENT posts, in their order: without sorting all posts of the followed
    users and, on a server, without a round trip for their ids. If it is not filled, those ids are needed: with a join,
    a subselect or EXISTS instead, one of the databases takes a hundred times longer for users who follow few authors.
    """
    return paginate(lambda key, limit: _home_rows(user_id, key, limit), key, size)


def _home_rows(user_id: int, key: Key, limit: int) -> Sequence[PostRow]:
    is_server = db.engine.dialect.name != "sqlite"
    edge = _recent_edge(key)
    if is_server and len(rows := _rows(key, limit, "recent", reader=user_id, edge=edge)) == limit:
        return rows
    followed = followed_ids(user_id, limit=IN_LIMIT + 1)
    if len(followed) > IN_LIMIT:
        return _rows(key, limit, "followed", reader=user_id)
    authors = [user_id, *followed]
    if not is_server and len(rows := _rows(key, limit, "recent by authors", authors=authors, edge=edge)) == limit:
        return rows
    return _rows(key, limit, "authors", authors=authors)


def _recent_edge(key: Key) -> int:
    if key.before is not None:
        return key.before - RECENT
    return RECENT if key.after is None else min(key.after + RECENT, LARGEST_ID)


def public(key: Key, size: int) -> Page[PostRow]:
    """A page of all posts."""
    return _page(key, size, "all")


def profile(user_id: int, key: Key, size: int) -> Page[PostRow]:
    """A page of posts by one user."""
    return _page(key, size, "author", author=user_id)


def by_ids(ids: list[int], key: Key, limit: int) -> Sequence[PostRow]:
    """At most `limit` of the posts with these ids, on the key's side, nearest first: for `pagination.paginate`."""
    return _rows(key, limit, "ids", ids=ids)


def _page(key: Key, size: int, condition: str, **parameters: Any) -> Page[PostRow]:
    return paginate(lambda key, limit: _rows(key, limit, condition, **parameters), key, size)


def _rows(key: Key, limit: int, condition: str, **parameters: Any) -> Sequence[PostRow]:
    rows = _compiled(condition, key.side).all(**parameters, **key.arguments, limit=limit)
    return sorted(rows, key=attrgetter("id"), reverse=key.side != "after")


@cache
def _compiled(condition: str, side: str) -> CompiledSelect[PostRow]:
    page = narrow(_ids(condition, side), posts.c.id, side).subquery("page")
    return CompiledSelect(
        select(*COLUMNS)
        .join_from(page, posts, posts.c.id == page.c.id, isouter=True)
        .join(users, users.c.id == posts.c.author_id, isouter=True),
        PostRow,
    )


def _ids(condition: str, side: str) -> Select[Any]:
    if condition == "recent":
        return _recent(side)
    if condition == "recent by authors":
        # For SQLite: the sign keeps it from using the index of authors (https://www.sqlite.org/optoverview.html).
        author = literal_column("+post.author_id", Integer)
        return select(posts.c.id).where(author.in_(bindparam("authors", expanding=True)), RECENT_CONDITIONS[side])
    return select(posts.c.id).where(CONDITIONS[condition])


def _recent(side: str) -> Select[Any]:
    """The recent posts by the reader and those they follow, for a server.

    STRAIGHT_JOIN makes it read the posts in order and look up each author; by itself it would start from the authors
    and sort all their posts.
    """
    reader = select(bindparam("reader", type_=Integer))
    followed = select(follows.c.followed_id).where(follows.c.follower_id == bindparam("reader"))
    authors = union_all(followed, reader).subquery("authors")
    return (
        select(posts.c.id)
        .prefix_with("STRAIGHT_JOIN")
        .join(authors, authors.c.followed_id == posts.c.author_id)
        .where(RECENT_CONDITIONS[side])
    )
