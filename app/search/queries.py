"""Queries of posts by their words and of users by their names."""

from collections.abc import Sequence
from types import ModuleType
from typing import NamedTuple, cast

from sqlalchemy import Table, select

from app.database import db
from app.pagination import Key, Page, nearest_first, paginate
from app.posts.queries import PostRow
from app.search import mysql_fulltext, sqlite_fts
from app.search.models import PostSearch, UserSearch
from app.timelines import queries as timelines
from app.users.models import User

post_words, user_words = cast(Table, PostSearch.__table__), cast(Table, UserSearch.__table__)


class UserRow(NamedTuple):
    """A user who was found."""

    id: int
    username: str
    display_name: str


def posts(terms: Sequence[str], key: Key, size: int) -> Page[PostRow]:
    """A page of the posts that match all terms (words.query_terms), newest first; empty without terms."""

    def fetch(key: Key, limit: int) -> Sequence[PostRow]:
        ids = _find_ids(post_words, terms, key, limit)
        return timelines.by_ids(ids, key, limit) if ids else []

    return paginate(fetch, key, size)


def users(terms: Sequence[str], key: Key, size: int) -> Page[UserRow]:
    """A page of the users whose names have, for each term, a word that begins with it, newest first.

    Empty without terms.
    """

    def fetch(key: Key, limit: int) -> Sequence[UserRow]:
        ids = _find_ids(user_words, terms, key, limit, prefix=True)
        if not ids:
            return []
        query = select(User.id, User.username, User.display_name).where(User.id.in_(ids))
        return [UserRow._make(row) for row in db.session.execute(nearest_first(query, User.id, key.side))]

    return paginate(fetch, key, size)


def engine() -> ModuleType:
    """The module that searches this kind of database."""
    return sqlite_fts if db.engine.dialect.name == "sqlite" else mysql_fulltext


def _find_ids(words: Table, terms: Sequence[str], key: Key, limit: int, prefix: bool = False) -> list[int]:
    if not terms:
        return []
    ids: list[int] = engine().find_ids(words, terms, key, limit, prefix)
    return ids
