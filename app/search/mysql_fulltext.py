"""Search with MySQL's and MariaDB's FULLTEXT, by the indexes that migrations create.

FULLTEXT collects and ranks all matches before it returns the first row: most of a second for terms that a tenth of
500,000 posts have. A page of such frequent terms is found sooner by a scan of the nearest rows, so that is tried first.
"""

from collections.abc import Sequence

from sqlalchemy import Table, func, select, text

from app.database import db
from app.pagination import Key, narrow, nearest_first

SCAN_LIMIT = 10_000  # ids; without a match the scan costs 15 ms


def find_ids(words: Table, terms: Sequence[str], key: Key, limit: int, prefix: bool) -> list[int]:
    """At most `limit` ids of rows of `words` that match all terms, on the key's side, nearest first.

    With `prefix`, a term matches the words that begin with it.
    """
    found, complete = _scan(words, terms, key, limit, prefix)
    return found if complete or len(found) == limit else _match(words, terms, key, limit, prefix)


def _scan(words: Table, terms: Sequence[str], key: Key, limit: int, prefix: bool) -> tuple[list[int], bool]:
    """The matches among the SCAN_LIMIT ids nearest to the key, and whether these are all ids on its side."""
    [row_id] = words.primary_key
    newest = db.session.scalar(select(func.max(row_id))) or 0
    if key.after is None:
        over = newest + 1 if key.before is None else min(key.before, newest + 1)
        under = over - SCAN_LIMIT - 1
        complete = under <= 0
    else:
        under = min(key.after, newest)
        over = under + SCAN_LIMIT + 1
        complete = over > newest
    padded = func.concat(" ", words.c.words, " ")
    end = "" if prefix else " "
    query = select(row_id).where(
        row_id > under, row_id < over, *(func.instr(padded, f" {term}{end}") for term in terms)
    )
    query = nearest_first(query, row_id, key.side).limit(limit)
    return list(db.session.scalars(query)), complete


def _match(words: Table, terms: Sequence[str], key: Key, limit: int, prefix: bool) -> list[int]:
    [row_id] = words.primary_key
    query = select(row_id).where(text(f"MATCH ({words.name}.words) AGAINST (:terms IN BOOLEAN MODE)"))
    expression = " ".join(f"+{term}*" if prefix else f"+{term}" for term in terms)
    arguments = {"terms": expression, "limit": limit, **key.arguments}
    return list(db.session.scalars(narrow(query, row_id, key.side), arguments))


def rebuild(words: Table) -> None:
    """Rebuild the index over `words`."""
    db.session.execute(text(f"OPTIMIZE TABLE {words.name}"))


def erase_deleted(words: Table) -> None:
    """Do nothing: only `rebuild` erases words from InnoDB's index, and it would commit the transaction.

    Of a deleted row the index keeps its words, without their order and without a link to a user.
    """
