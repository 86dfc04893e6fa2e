"""What templates need beside Flask's own: this page with another query, names in plain text, versioned static files."""

import functools
import hashlib
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, current_app, request, url_for

from app.text import isolated
from app.web.destination import this_page
from app.web.forms import new_form_key

STATIC = {"static", "bootstrap.static"}
YEAR = 365 * 24 * 3600  # seconds
LONGEST_REPEATED = 2000  # bytes of a query; the foot of each page repeats it six times


def init_app(app: Flask) -> None:
    """Give templates addresses of this page, `form_key` and `isolated`, and the addresses of static files a version."""
    app.jinja_env.globals |= {
        "here": here,
        "repeated_query": repeated_query,
        "this_page": this_page,
        "form_key": new_form_key,
    }
    app.jinja_env.filters["isolated"] = isolated
    app.url_defaults(add_version)
    app.after_request(cache_versions)


def here(**query: str) -> str:
    """The address of this page with the arguments of `query` replaced; without the others if these are long.

    A page that answers a form and cannot be read by GET gives the home page instead.
    """
    pairs = [pair for pair in request.args.items(multi=True) if pair[0] not in query] if repeated_query() else []
    rule = request.url_rule
    elsewhere = url_for("timelines.home") if rule and "GET" not in (rule.methods or ()) else ""
    # Relative to this page: a path such as //evil.example would name another host.
    return f"{elsewhere}?{urlencode([*pairs, *query.items()])}"


def repeated_query() -> bytes:
    """Return the query that `here` repeats: that of the request, but nothing of a long one, which would cost much."""
    return request.query_string if len(request.query_string) <= LONGEST_REPEATED else b""


def add_version(endpoint: str, values: dict[str, Any]) -> None:
    """Put a digest of a static file in its address, so that a new file has a new address."""
    if endpoint in STATIC:
        owner = current_app if endpoint == "static" else current_app.blueprints["bootstrap"]
        path = Path(owner.static_folder or "", values["filename"])
        values["v"] = _digest(path, path.stat().st_mtime_ns)


@functools.cache
def _digest(path: Path, _changed: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def cache_versions(response: Response) -> Response:
    """Let browsers and proxies cache for a year what was asked for by its version."""
    if request.endpoint in STATIC and "v" in request.args and response.status_code in (200, 304):
        response.cache_control.no_cache = None
        cache_for_a_year(response)
    return response


def cache_for_a_year(response: Response) -> None:
    """Let browsers and proxies keep a response that never changes at its address."""
    response.cache_control.public = True
    response.cache_control.max_age = YEAR
    response.cache_control.immutable = True
