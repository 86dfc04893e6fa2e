"""Keyset pagination: a page is the rows before or after an id, so new rows neither shift nor repeat others."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from sqlalchemy import Select, SQLColumnExpression, bindparam
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest

from app.database import id_of


class Row(Protocol):
    """What a page needs of its rows."""

    @property
    def id(self) -> Any: ...


R = TypeVar("R", bound=Row)
R_co = TypeVar("R_co", bound=Row, covariant=True)
S = TypeVar("S", bound=Select[*tuple[Any, ...]])


@dataclass(frozen=True)
class Key:
    """The position of a page: the rows with an id below `before`, or above `after`; the newest if both are None."""

    before: int | None = None
    after: int | None = None

    @property
    def side(self) -> str:
        """The side of the id on which the page is: "before", "after", or "" for the newest page."""
        return next(iter(self.arguments), "")

    @property
    def arguments(self) -> dict[str, int]:
        """The key by its side, as arguments of a query string and parameters of `narrow`; empty for the newest page."""
        if self.after is not None:
            return {"after": self.after}
        return {} if self.before is None else {"before": self.before}


NEWEST = Key()


def narrow(query: S, column: SQLColumnExpression[int], side: str) -> S:
    """Return `query` restricted to the rows nearest to a key on its `side`, nearest first; `column` holds the ids.

    Its parameters are the key's `arguments` and `limit`, so that one compiled statement serves all keys of a side.
    """
    if side:
        query = query.where(column < bindparam("before") if side == "before" else column > bindparam("after"))
    return nearest_first(query, column, side).limit(bindparam("limit"))


def nearest_first(query: S, column: SQLColumnExpression[int], side: str) -> S:
    """Return `query` with its rows ordered by their distance from a key on its `side`."""
    return query.order_by(column.asc() if side == "after" else column.desc())


@dataclass(frozen=True)
class Page(Generic[R_co]):
    """Rows, newest first, and the keys of the neighbouring pages; None where there is none."""

    items: Sequence[R_co]
    older: Key | None
    newer: Key | None


def key_from(arguments: MultiDict[str, str]) -> Key:
    """Return the key that a query string asks for, by `before=ID` or `after=ID`.

    The id need not exist. Raises BadRequest if it is not a whole number or if there are several.
    """
    given = [(name, value) for name in ("before", "after") for value in arguments.getlist(name)]
    if len(given) > 1:
        raise BadRequest()
    return Key(**{name: id_from(value) for name, value in given})


def id_from(value: str) -> int:
    """Return the id in a request, at most LARGEST_ID. Raises BadRequest if it is not a whole number."""
    if not (value.isascii() and value.isdigit()):
        raise BadRequest()
    return id_of(value)


def paginate(fetch: Callable[[Key, int], Sequence[R]], key: Key, size: int) -> Page[R]:
    """Return the page of `size` rows at `key`.

    `fetch(key, limit)` returns at most `limit` rows on the key's side, nearest first, as `narrow` does. It is asked for
    one more row than the page has, to know whether there are others. If less than a page is newer than `key.after`,
    the newest page is returned.
    """
    rows = fetch(key, size + 1)
    more, rows = len(rows) > size, rows[:size]
    if key.after is not None:
        if len(rows) < size:
            return paginate(fetch, NEWEST, size)
        rows = rows[::-1]
        return Page(rows, older=Key(before=rows[-1].id), newer=Key(after=rows[0].id) if more else None)
    return Page(rows, older=Key(before=rows[-1].id) if more else None, newer=_newer(key, rows))


def _newer(key: Key, rows: Sequence[Row]) -> Key | None:
    if key.before is None:
        return None
    return Key(after=rows[0].id) if rows else NEWEST  # no row is that old: back to the newest
