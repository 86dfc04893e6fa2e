"""Search by SQLite's FTS5, in the virtual tables that migrations put beside the tables of words."""

from collections.abc import Sequence

from sqlalchemy import Table, column, insert, table, text

from app.database import db
from app.pagination import Key, narrow


def ids(words: Table, terms: Sequence[str], key: Key, limit: int, beginnings: bool) -> Sequence[int]:
    """The ids of `words` that have all the terms, or words that begin like them, nearest to the key first.

    FTS5 reads them in that order, and no further than it is asked to.
    """
    index = table(_index(words), column("rowid"))
    found = index.select().where(text(f"{index.name} MATCH :terms"))
    # Terms are plain words, so nothing has to be quoted.
    wanted = " AND ".join(f"{term}*" if beginnings else term for term in terms)
    arguments = {"terms": wanted, "limit": limit, **key.arguments}
    return db.session.scalars(narrow(found, index.c.rowid, key.side), arguments).all()


def rebuild(words: Table) -> None:
    """Make the index anew from `words`."""
    index = _index(words)
    db.session.execute(insert(table(index, column(index))).values({index: "rebuild"}))


def _index(words):
    return f"{words.name}_index"
