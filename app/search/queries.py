"""Finding posts and people."""

from collections.abc import Sequence

from sqlalchemy import Table, select
from sqlalchemy.engine import Row

from app.database import db
from app.pagination import Key, Page, nearest_first, paginate
from app.search import mysql_fulltext, sqlite_fts
from app.search.models import PostSearch, UserSearch
from app.timelines import queries as timelines
from app.users.models import User


def posts(terms: Sequence[str], key: Key, size: int) -> Page:
    """The posts that have all the terms (words.asked), newest first; none where there are no terms.

    Rows are those of timelines.
    """

    def fetch(key: Key, limit: int) -> Sequence[Row]:
        found = _ids(PostSearch.__table__, terms, key, limit)
        return timelines.by_ids(found, key, limit) if found else []

    return paginate(fetch, key, size)


def people(terms: Sequence[str], key: Key, size: int) -> Page:
    """The people in whose names words begin like each of the terms, newest first; none where there are no terms.

    Rows: id, username, display_name.
    """

    def fetch(key: Key, limit: int) -> Sequence[Row]:
        found = _ids(UserSearch.__table__, terms, key, limit, beginnings=True)
        those = select(User.id, User.username, User.display_name).where(User.id.in_(found))
        return db.session.execute(nearest_first(those, User.id, key.side)).all() if found else []

    return paginate(fetch, key, size)


def engine():
    """The module that knows how this database searches."""
    return sqlite_fts if db.engine.dialect.name == "sqlite" else mysql_fulltext


def _ids(words: Table, terms: Sequence[str], key: Key, limit: int, beginnings: bool = False) -> Sequence[int]:
    return engine().ids(words, terms, key, limit, beginnings) if terms else []
