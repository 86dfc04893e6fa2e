"""Lists in pieces: by number for users, as the tutorial application has them; by key for what keeps growing."""

from collections.abc import Callable
from urllib.parse import urlencode

from flask import Response, jsonify, request
from werkzeug.exceptions import BadRequest

from app.database import LARGEST_ID
from app.pagination import Key, Page, paginate


def key_of(query: dict) -> Key:
    """The key that a KeyQuery asks for. Raises BadRequest for both sides at once."""
    given = {side: min(query[side], LARGEST_ID) for side in ("before", "after") if side in query}
    if len(given) > 1:
        raise BadRequest()
    return Key(**given)


def by_key(query: dict, fetch: Callable, represent: Callable) -> Response:
    """The page that `query` asks for of what `fetch(key, limit)` gives; see pagination.paginate."""
    return answer(paginate(fetch, key_of(query), query["limit"]), query["limit"], represent)


def answer(page: Page, limit: int, represent: Callable, **asked: str) -> Response:
    """A page's items, and its neighbours, of which the same is `asked`, in a Link header (RFC 8288)."""
    response = jsonify(items=[represent(row) for row in page.items])
    here = f"{request.scheme}://{request.host}{request.script_root}{request.path}"
    for relation, key in (("next", page.older), ("prev", page.newer)):
        if key is not None:
            arguments = urlencode(asked | {"limit": limit} | key.arguments)
            response.headers.add("Link", f'<{here}?{arguments}>; rel="{relation}"')
    return response


def by_number(query: dict, items: list[dict], total: int) -> dict:
    """A numbered page: `items` are those of it, `total` counts all."""
    page, size = query["page"], query["per_page"]
    pages = -(-total // size)

    def link(number):
        return f"{request.script_root}{request.path}?page={number}&per_page={size}"

    return {
        "items": items,
        "_meta": {"page": page, "per_page": size, "total_pages": pages, "total_items": total},
        "_links": {
            "self": link(page),
            "next": link(page + 1) if page < pages else None,
            "prev": link(page - 1) if page > 1 else None,
        },
    }
