"""Paging by key: a page is what stands before or after an id, so new rows never move or repeat others."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, bindparam
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest

from app.database import id_of


@dataclass(frozen=True)
class Key:
    """Where a page lies: rows with an id under `before`, or over `after`, or the newest when both are None."""

    before: int | None = None
    after: int | None = None

    @property
    def side(self) -> str:
        """On which side of its id the page lies: "before", "after", or "" for the newest."""
        return "" if self == NEWEST else "before" if self.after is None else "after"

    @property
    def arguments(self) -> dict[str, int]:
        """The key as a query string has it, and as what `narrow` wants: its side and id, if it has one."""
        return {self.side: self.before if self.after is None else self.after} if self.side else {}


NEWEST = Key()


def narrow(query: Select, column, side: str) -> Select:
    """`query` with the rows nearest to a key on its `side`, nearest first, by `column`, which holds the id.

    Its parameters are the key's `arguments` and `limit`, so that one statement, made once, serves all keys of a side.
    """
    if side:
        query = query.where(column < bindparam("before") if side == "before" else column > bindparam("after"))
    return nearest_first(query, column, side).limit(bindparam("limit"))


def nearest_first(query: Select, column, side: str) -> Select:
    """`query` in the order in which the page at a key on that side is fetched."""
    return query.order_by(column.asc() if side == "after" else column.desc())


@dataclass(frozen=True)
class Page:
    """Rows, newest id first; `older` and `newer` are the keys of the neighbours, or None where there are none."""

    items: Sequence[Any]
    older: Key | None
    newer: Key | None


def key_from(arguments: MultiDict) -> Key:
    """The key that a query string asks for (`before=ID` or `after=ID`).

    An id of no row, or of another list, is a place like any other: the nearest page is shown.
    Raises BadRequest for what is not a whole number, and for two answers to the one question.
    """
    given = [(name, value) for name in ("before", "after") for value in arguments.getlist(name)]
    if len(given) > 1:
        raise BadRequest()
    return Key(**{name: id_from(value) for name, value in given})


def id_from(value: str) -> int:
    """An id that somebody wrote, if need be made one that databases can compare. Raises BadRequest."""
    if not (value.isascii() and value.isdigit()):
        raise BadRequest()
    return id_of(value)


def paginate(fetch: Callable[[Key, int], Sequence[Any]], key: Key, size: int) -> Page:
    """The page of `size` rows at `key`.

    `fetch(key, limit)` gives at most `limit` rows with an `id` on that side of the key, nearest to it first, as
    `narrow` does. One row more than the page is asked for, which tells whether others follow. Where less than a
    page is newer than `after`, the newest page is shown whole.
    """
    rows = fetch(key, size + 1)
    more, rows = len(rows) > size, rows[:size]
    if key.after is not None:
        if len(rows) < size:
            return paginate(fetch, NEWEST, size)
        rows = rows[::-1]
        return Page(rows, older=Key(before=rows[-1].id), newer=Key(after=rows[0].id) if more else None)
    return Page(rows, older=Key(before=rows[-1].id) if more else None, newer=_newer(key, rows))


def _newer(key: Key, rows: Sequence[Any]) -> Key | None:
    if key.before is None:
        return None
    return Key(after=rows[0].id) if rows else NEWEST  # nothing is that old: back to the newest
