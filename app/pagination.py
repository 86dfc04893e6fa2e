"""Paging by key: a page is what stands before or after an id, so new rows never move or repeat others."""

from dataclasses import dataclass
from typing import Any

from werkzeug.exceptions import BadRequest

LARGEST_ID = 2**63 - 1  # what an integer column of any of our databases can be compared with


@dataclass(frozen=True)
class Key:
    """Where a page lies: rows with an id under `before`, or over `after`, or the newest when both are None."""

    before: int | None = None
    after: int | None = None


@dataclass(frozen=True)
class Page:
    """Rows, newest id first; `older` and `newer` are the keys of the neighbours, or None where there are none."""

    items: list[Any]
    older: Key | None
    newer: Key | None


def key_from(args) -> Key:
    """The key that the query string `args` asks for (`before=ID` or `after=ID`).

    An id of no row, or of another list, is a place like any other: the nearest page is shown.
    Raises BadRequest for what is not a whole number.
    """
    return Key(before=_id(args.get("before")), after=_id(args.get("after")))


def _id(value: str | None) -> int | None:
    if value is None:
        return None
    if not (value.isascii() and value.isdigit()):
        raise BadRequest()
    return min(int(value[:20]), LARGEST_ID)


def paginate(fetch, key: Key, size: int) -> Page:
    """The page of `size` rows at `key`.

    `fetch(key, limit)` gives at most `limit` rows with an `id` on that side of the key, nearest to it first: newest
    first, but oldest first for `after`. One row more than the page is asked for, which tells whether others follow.
    """
    rows = fetch(key, size + 1)
    more = len(rows) > size
    rows = rows[:size]
    if key.after is not None:
        rows = rows[::-1]
        if len(rows) < size:  # less than a page is newer: show the newest page whole
            return paginate(fetch, Key(), size)
        newer_left, older_left = more, True
    else:
        newer_left, older_left = key.before is not None, more
    return Page(
        items=rows,
        older=Key(before=rows[-1].id) if rows and older_left else None,
        newer=Key(after=rows[0].id) if rows and newer_left else (Key() if newer_left else None),
    )
