"""What templates need beside Flask's own: this page with another query, names in plain text, files never stale."""

import functools
import hashlib
from pathlib import Path
from urllib.parse import urlencode

from flask import current_app, request, url_for

from app.text import isolated

STATIC = {"static", "bootstrap.static"}
YEAR = 365 * 24 * 3600  # seconds


def init_app(app):
    """Give `app`'s templates `here` and `isolated`, and the addresses of static files a version."""
    app.jinja_env.globals["here"] = here
    app.jinja_env.filters["isolated"] = isolated
    app.url_defaults(add_version)
    app.after_request(keep_versions)


def here(**query) -> str:
    """The address of this page with `query` in place of what it has under these names.

    A page that was the answer to a form, and has no address of its own, gives the start page instead.
    """
    pairs = [pair for pair in request.args.items(multi=True) if pair[0] not in query]
    rule = request.url_rule
    elsewhere = url_for("timelines.home") if rule and "GET" not in rule.methods else ""
    # Without a path it is relative to this page: a path such as //evil.example would name another host.
    return f"{elsewhere}?{urlencode([*pairs, *query.items()])}"


def add_version(endpoint, values):
    """Put a digest of the file in the address of a static file, so that a new one has a new address."""
    if endpoint in STATIC:
        folder = current_app.static_folder if endpoint == "static" else _bootstrap_folder()
        path = Path(folder, values["filename"])
        values["v"] = _digest(path, path.stat().st_mtime_ns)


def _bootstrap_folder():
    return current_app.blueprints["bootstrap"].static_folder


@functools.cache
def _digest(path: Path, _changed: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def keep_versions(response):
    """Let browsers and proxies keep a file that was asked for by its version."""
    if request.endpoint in STATIC and "v" in request.args and response.status_code in (200, 304):
        response.cache_control.no_cache = None
        response.cache_control.public = True
        response.cache_control.max_age = YEAR
        response.cache_control.immutable = True
    return response
