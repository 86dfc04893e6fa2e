"""Pieces of pages that are worked out once and kept in the process, not once for each page that shows them.

What a piece depends on is its key, so what was kept is right for as long as that is equal; nothing is ever invalidated.
"""

from collections.abc import Callable, Hashable

from flask import current_app, request
from flask_babel import get_locale
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

KEPT = 3000  # pieces, of about 2 kB each; then all are forgotten, which costs less than to know the oldest

_kept: dict[Hashable, Markup] = {}


def init_app(app):
    """Give `app`'s templates `fragment`, and `surroundings`, worked out once for each page."""
    app.jinja_env.globals["fragment"] = fragment
    app.context_processor(lambda: {"surroundings": surroundings()})


@pass_context
def fragment(page: Context, name: str, *depends_on: Hashable, caller: Callable[[], Markup]) -> Markup:
    """`{% call fragment("menu", user.name) %}…{% endcall %}`: what stands inside, from the last time if there was one.

    The language and the path that the site is mounted at are always part of the key; a session never can be, so no
    CSRF token stands inside.
    """
    return kept((name, page["surroundings"], *depends_on), caller)


def surroundings() -> tuple[Hashable, ...]:
    """What words, dates and addresses depend on wherever they stand."""
    return str(get_locale()), request.script_root


def kept(key: Hashable, make: Callable[[], Markup]) -> Markup:
    """The piece of that key, made by `make` where there is none; in DEV always, so that an edit shows."""
    piece = _kept.get(key)
    if piece is None:
        piece = make()
        if len(_kept) >= KEPT:
            _kept.clear()
        if not current_app.jinja_env.auto_reload:
            _kept[key] = piece
    return piece


def forget() -> None:
    """Keep nothing: for tests, which change what nobody changes while a site runs (templates, catalogues)."""
    _kept.clear()
