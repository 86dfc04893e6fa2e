"""The answer to the removal of an item of a list: the reader stays where it was.

js/removal.js removes the item from the page. Without JavaScript, the redirect leads to the neighbour of the item.
"""

from collections.abc import Sequence

from flask import flash, redirect
from flask.typing import ResponseReturnValue

from app.web.errors import is_from_script


def removed(message: str, page: str, anchor: str = "") -> ResponseReturnValue:
    """Redirect to the anchor on the page, with the message; a script gets `{"message": text}` instead."""
    if is_from_script():
        return {"message": message}
    flash(message, "success")
    return redirect(f"{page}#{anchor}" if anchor else page)


def neighbour(ids: Sequence[int], gone: int) -> int | None:
    """Return the id after `gone` in a list, else the one before it; None if there is no other."""
    if gone not in ids:
        return None
    index = ids.index(gone)
    others = [*ids[index + 1 : index + 2], *ids[max(index - 1, 0) : index]]
    return others[0] if others else None


def anchor_of(prefix: str, number: int | None) -> str:
    """Return the name of an item's element, as "post-7"; "" for None."""
    return "" if number is None else f"{prefix}-{number}"
