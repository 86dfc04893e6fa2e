"""Safe redirects: `next`, and the Referer header, may hold anything."""

import re
from urllib.parse import urlsplit

from flask import request, url_for

# One slash: `//host` is an address. No backslash, control or space: browsers read `\` as `/` and skip controls and
# newlines (WHATWG URL, "special" schemes).
LOCAL_PATH = re.compile(r"/(?!/)[^\\\x00-\x20\x7f]*")

# Bytes of a query. Any that the site makes is shorter, and it fits into a request again when `next` quotes all of it.
LONGEST_QUERY = 20_000


def is_local(target: str | None) -> bool:
    """Whether a browser that is redirected to `target` stays on this site."""
    return target is not None and LOCAL_PATH.fullmatch(target) is not None


def destination() -> str:
    """Return `next`, from the query or the form, if it is on this site, else the home timeline."""
    target: str = request.values.get("next", "")
    return target if is_local(target) else url_for("timelines.home")


def this_page() -> str:
    """Return the path and query of this page, to return to; without a query that is too long to come back as `next`."""
    is_short = len(request.query_string) <= LONGEST_QUERY
    return request.script_root + (request.full_path.rstrip("?") if is_short else request.path)


def path_of(address: str | None) -> str | None:
    """Return the path and query of an address on this host, else None."""
    try:
        parts = urlsplit(address or "")
    except ValueError:  # a malformed header
        return None
    if parts.netloc != request.host:
        return None
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
