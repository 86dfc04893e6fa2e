"""Search with SQLite's FTS5, by the virtual tables that migrations create."""

from collections.abc import Sequence

from sqlalchemy import Table, column, insert, table, text

from app.database import db
from app.pagination import Key, narrow


def find_ids(words: Table, terms: Sequence[str], key: Key, limit: int, prefix: bool) -> list[int]:
    """At most `limit` ids of rows of `words` that match all terms, on the key's side, nearest first.

    With `prefix`, a term matches the words that begin with it. FTS5 reads matches by id and stops at the limit.
    """
    index = table(_index_name(words), column("rowid"))
    query = index.select().where(text(f"{index.name} MATCH :terms"))
    # Terms are letters and digits (words.py), so nothing needs quoting.
    expression = " AND ".join(f"{term}*" if prefix else term for term in terms)
    arguments = {"terms": expression, "limit": limit, **key.arguments}
    return list(db.session.scalars(narrow(query, index.c.rowid, key.side), arguments))


def rebuild(words: Table) -> None:
    """Rebuild the index over `words`."""
    _command(words, "rebuild")


def erase_deleted(words: Table) -> None:
    """Merge the parts of the index, which leaves out deleted rows: 0.4 s for 500,000 posts.

    The option secure-delete of FTS5 would make the file unreadable for SQLite before 3.42.
    """
    _command(words, "optimize")


def _command(words: Table, command: str) -> None:
    """Send a command to FTS5 (https://sqlite.org/fts5.html#special_insert_commands)."""
    name = _index_name(words)
    db.session.execute(insert(table(name, column(name))).values({name: command}))


def _index_name(words: Table) -> str:
    return f"{words.name}_index"
