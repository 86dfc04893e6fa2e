"""Where a person goes after logging in, or after a button: `next`, which anybody may have written."""

import re
from urllib.parse import urlsplit

from flask import request, url_for

# One slash, then no other: `//host` is an address. Browsers read `\` as `/` and skip controls and newlines
# (WHATWG URL, "special" schemes), so none of these is let in anywhere.
LOCAL_PATH = re.compile(r"/(?!/)[^\\\x00-\x20\x7f]*")


def is_local(target: str | None) -> bool:
    """Whether a browser sent to `target` stays on this site."""
    return target is not None and LOCAL_PATH.fullmatch(target) is not None


def destination() -> str:
    """The page to go to: `next`, of the address or the form, if it is on this site, else the home timeline."""
    target = request.values.get("next")
    return target if is_local(target) else url_for("timelines.home")


def path_of(address: str | None) -> str | None:
    """The path and query of a page's address if it is one of this host, else None."""
    try:
        parts = urlsplit(address or "")
    except ValueError:  # whoever sends the header may write anything
        return None
    if parts.netloc != request.host:
        return None
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
