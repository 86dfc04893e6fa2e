"""Posts as HTML, each rendered once and cached, not once per page."""

from collections.abc import Sequence

from flask import current_app
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from app.posts.queries import PostRow
from app.web.fragment_cache import cached


@pass_context
def posts_html(page: Context, posts: Sequence[PostRow], terms: tuple[str, ...] = ()) -> Markup:
    """The posts as `<article>` elements, as the viewer of the page sees them.

    Matches of `terms` (app/search/words.py) are highlighted. The buttons submit the page's form `actions`, which has
    the CSRF token: the HTML of a post is cached, so it must not depend on the session.
    """
    viewer = page["current_user"]
    viewer_id, moderates = (viewer.id, viewer.is_administrator) if viewer.is_authenticated else (None, False)
    surroundings = page["surroundings"]
    articles = []
    for post in posts:
        own = post.author_id == viewer_id
        key = (post, own, moderates, surroundings, terms)
        articles.append(cached(key, _article, post, own, moderates, terms))
    return Markup("".join(articles))  # noqa: S704  made of Markup


def _article(post: PostRow, own: bool, moderates: bool, terms: tuple[str, ...]) -> Markup:
    template = current_app.jinja_env.get_template("components/post.html")
    html = template.render(post=post, own=own, moderates=moderates, terms=terms)
    return Markup(html)  # noqa: S704  escaped by Jinja
