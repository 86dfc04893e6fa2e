"""Pages of lists: by number for users, as the tutorial application has them; by key for lists that keep growing."""

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode

from flask import current_app, request
from flask_babel import gettext as _

from app.database import LARGEST_ID
from app.exceptions import Malformed
from app.pagination import Key, Page, paginate

# A response body for a schema, and its headers.
Answer = tuple[dict[str, Any], list[tuple[str, str]]]


def key_of(query: dict[str, int]) -> Key:
    """The key that a KeyQuery asks for. Raises Malformed for both sides at once."""
    given = {side: min(query[side], LARGEST_ID) for side in ("before", "after") if side in query}
    if len(given) > 1:
        raise Malformed({"after": [_("Send either before or after, not both.")]})
    return Key(**given)


def by_key(query: dict[str, int], fetch: Callable[[Key, int], Sequence[Any]]) -> Answer:
    """The page that `query` asks for of what `fetch(key, limit)` returns; see pagination.paginate."""
    return answer(paginate(fetch, key_of(query), query["limit"]), query["limit"])


def answer(page: Page[Any], limit: int, **asked: str) -> Answer:
    """The items of a page, and links to its neighbours, with the query `asked`, as Link headers (RFC 8288)."""
    here = f"{_site()}{request.script_root}{request.path}"
    links = []
    for relation, key in (("next", page.older), ("prev", page.newer)):
        if key is not None:
            arguments = urlencode(asked | {"limit": limit} | key.arguments)
            links.append(("Link", f'<{here}?{arguments}>; rel="{relation}"'))
    return {"items": page.items}, links


def _site() -> str:
    """The scheme and the host of links.

    Those of SITE_URL if that is https: behind a proxy that TRUSTED_PROXIES does not count, the request seems to be
    http, and by such a link a client would send its token in the clear. Else those of the request: SITE_URL may be
    unset.
    """
    site: str = current_app.config["SITE_URL"]
    return site if site.startswith("https://") else f"{request.scheme}://{request.host}"


def by_number(query: dict[str, int], items: Sequence[Any], total: int) -> dict[str, Any]:
    """A numbered page with these `items`, of `total` in all."""
    page, size = query["page"], query["per_page"]
    pages = -(-total // size)

    def link(number: int) -> str:
        return f"{request.script_root}{request.path}?page={number}&per_page={size}"

    return {
        "items": items,
        "meta": {"page": page, "per_page": size, "total_pages": pages, "total_items": total},
        "links": {
            "self": link(page),
            "next": link(page + 1) if page < pages else None,
            "prev": link(page - 1) if page > 1 else None,
        },
    }
