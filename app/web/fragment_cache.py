"""Fragments of pages, rendered once and cached in the process.

A fragment's key holds everything that it depends on, so nothing is ever invalidated.
"""

import sys
from collections.abc import Callable, Hashable
from typing import Any

from flask import Flask, current_app, request
from flask_babel import get_locale
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

LIMIT = 8_000_000  # bytes in one process; then all is dropped, which is cheaper than to know the oldest

ENTRY = 100  # bytes of an entry in the dictionary

Key = tuple[Hashable, ...]

_cache: dict[Key, Markup] = {}
_size = 0  # bytes


def init_app(app: Flask) -> None:
    """Give templates `fragment`, and what it depends on, found once per page: `locale` and `surroundings`."""
    app.jinja_env.globals["fragment"] = fragment
    app.context_processor(surroundings)


@pass_context
def fragment(page: Context, name: str, *depends_on: Hashable, caller: Callable[[], Markup]) -> Markup:
    """`{% call fragment("menu", user.name) %}…{% endcall %}`: what stands inside, from the cache if it is there.

    The language and the path of the site are always in the key; a session never is, so no CSRF token stands inside.
    """
    return cached((name, page["surroundings"], *depends_on), caller)


def surroundings() -> dict[str, Any]:
    """Return the page's `locale`, and `surroundings`: what texts, dates and addresses depend on in every fragment."""
    locale = get_locale()
    return {"locale": locale, "surroundings": (str(locale), request.script_root)}


def cached(key: Key, render: Callable[..., Markup], *arguments: Any) -> Markup:
    """The fragment with that key, rendered from `arguments` if not cached; in DEV always, so that an edit shows."""
    found = _cache.get(key)
    if found is None:
        found = render(*arguments)
        if not current_app.jinja_env.auto_reload:
            _store(key, found)
    return found


def _store(key: Key, fragment: Markup) -> None:
    global _size  # noqa: PLW0603  one cache in the process
    size = sys.getsizeof(fragment) + _size_of(key) + ENTRY
    if _size + size > LIMIT:
        clear()
    if size <= LIMIT:
        _cache[key] = fragment
        _size += size


def _size_of(value: object) -> int:
    """Return the bytes of a part of a key: a tuple holds others, such as the row of a post."""
    return sys.getsizeof(value) + (sum(map(_size_of, value)) if isinstance(value, tuple) else 0)


def clear() -> None:
    """Drop all fragments."""
    global _size  # noqa: PLW0603
    _cache.clear()
    _size = 0
