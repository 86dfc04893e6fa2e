"""Paging by key: a page is what stands before or after an id, so new rows never move or repeat others."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest

from app.database import LARGEST_ID


@dataclass(frozen=True)
class Key:
    """Where a page lies: rows with an id under `before`, or over `after`, or the newest when both are None."""

    before: int | None = None
    after: int | None = None

    @property
    def arguments(self) -> dict[str, int]:
        """The key as a query string has it."""
        return {name: value for name, value in vars(self).items() if value is not None}

    def narrow(self, query: Select, column, limit: int) -> Select:
        """`query` with the `limit` rows nearest to the key, nearest first, by `column`, which holds the id."""
        if self.after is not None:
            query = query.where(column > self.after)
        elif self.before is not None:
            query = query.where(column < self.before)
        return self.order(query, column).limit(limit)

    def order(self, query: Select, column) -> Select:
        """`query` in the order in which a page at this key is fetched: nearest first."""
        return query.order_by(column.desc() if self.after is None else column.asc())


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
    return Key(**{name: _id(value) for name, value in given})


def _id(value: str) -> int:
    if not (value.isascii() and value.isdigit()):
        raise BadRequest()
    return int(value) if len(value) < len(str(LARGEST_ID)) else LARGEST_ID


def paginate(fetch: Callable[[Key, int], Sequence[Any]], key: Key, size: int) -> Page:
    """The page of `size` rows at `key`.

    `fetch(key, limit)` gives at most `limit` rows with an `id` on that side of the key, nearest to it first, as
    `Key.narrow` does. One row more than the page is asked for, which tells whether others follow. Where less than a
    page is newer than `after`, the newest page is shown whole.
    """
    rows = fetch(key, size + 1)
    more, rows = len(rows) > size, rows[:size]
    if key.after is not None:
        if len(rows) < size:
            return paginate(fetch, Key(), size)
        rows = rows[::-1]
        return Page(rows, older=Key(before=rows[-1].id), newer=Key(after=rows[0].id) if more else None)
    return Page(rows, older=Key(before=rows[-1].id) if more else None, newer=_newer(key, rows))


def _newer(key: Key, rows: Sequence[Any]) -> Key | None:
    if key.before is None:
        return None
    return Key(after=rows[0].id) if rows else Key()  # nothing is that old: back to the newest
