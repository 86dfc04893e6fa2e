"""Search by MySQL's and MariaDB's FULLTEXT, with the indexes that migrations put on the tables of words.

FULLTEXT collects and ranks all that it finds before the first row comes out: of what a tenth of 500,000 posts have, for
most of a second. But a page of that is found among the nearest few as well, by reading them in their order.
"""

from collections.abc import Sequence

from sqlalchemy import Table, func, select, text

from app.database import db
from app.pagination import Key, narrow, nearest_first

NEAREST = 10_000  # ids that are looked at before the index is asked: 15 ms where none of them has the words


def ids(words: Table, terms: Sequence[str], key: Key, limit: int, beginnings: bool) -> Sequence[int]:
    """The ids of `words` that have all the terms, or words that begin like them, nearest to the key first."""
    found, whole = _looked_at(words, terms, key, limit, beginnings)
    return found if whole or len(found) == limit else _indexed(words, terms, key, limit, beginnings)


def _looked_at(words, terms, key, limit, beginnings):
    """Those among the NEAREST, and whether there are no others on that side of the key."""
    [ident] = words.primary_key
    newest = db.session.scalar(select(func.max(ident))) or 0
    if key.after is None:
        over = newest + 1 if key.before is None else min(key.before, newest + 1)
        under = over - NEAREST - 1
    else:
        under = min(key.after, newest)
        over = under + NEAREST + 1
    between = func.concat(" ", words.c.words, " ")
    end = "" if beginnings else " "
    found = select(ident).where(ident > under, ident < over, *(func.instr(between, f" {term}{end}") for term in terms))
    found = nearest_first(found, ident, key.side).limit(limit)
    return db.session.scalars(found).all(), over > newest if key.after is not None else under <= 0


def _indexed(words, terms, key, limit, beginnings):
    [ident] = words.primary_key
    found = select(ident).where(text(f"MATCH ({words.name}.words) AGAINST (:terms IN BOOLEAN MODE)"))
    wanted = " ".join(f"+{term}*" if beginnings else f"+{term}" for term in terms)
    return db.session.scalars(narrow(found, ident, key.side), {"terms": wanted, "limit": limit, **key.arguments}).all()


def rebuild(words: Table) -> None:
    """Make the index anew from `words`."""
    db.session.execute(text(f"OPTIMIZE TABLE {words.name}"))
