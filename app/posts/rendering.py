"""Posts as HTML, worked out once for each post, not once for each page that shows it."""

from collections.abc import Sequence
from functools import lru_cache

from flask import current_app, request
from flask_babel import get_locale
from flask_login import current_user
from markupsafe import Markup
from sqlalchemy.engine import Row

KEPT = 2000  # posts, of about 2 kB each


def posts_html(posts: Sequence[Row]) -> Markup:
    """The posts, rows of `app.timelines.queries`, as the articles that the reader of this page sees.

    Their delete buttons belong to the page's form with the id `actions`: the one thing that differs between sessions,
    the CSRF token, stands there.
    """
    reader = current_user.id if current_user.is_authenticated else None
    article = _article if not current_app.jinja_env.auto_reload else _article.__wrapped__  # DEV shows an edit at once
    language, root = str(get_locale()), request.script_root
    return Markup("").join([article(post, post.author_id == reader, language, root) for post in posts])


@lru_cache(KEPT)
def _article(post: Row, own: bool, _language: str, _root: str) -> Markup:
    """One post. All that its HTML depends on is an argument, so what was kept is right for as long as they are equal.

    (The language decides words and dates, the root the addresses.)
    """
    html = current_app.jinja_env.get_template("components/post.html").render(post=post, own=own)
    return Markup(html)  # noqa: S704  Jinja has escaped what people wrote
