"""Posts as HTML, each rendered once and cached, not once per page."""

from collections.abc import Sequence

from flask import current_app, session
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from app.posts.queries import PostRow
from app.web.fragment_cache import cached

GONE = "gone_post"  # in the session: the post that was just deleted without a script


def mark_gone(post_id: int) -> None:
    """Let the next list of posts have an empty element with the id of a deleted post, where it was."""
    session[GONE] = post_id


def _place_of(post_id: int) -> Markup:
    return Markup('<a class="post-gone" id="post-{}" tabindex="-1"></a>').format(post_id)


@pass_context
def posts_html(page: Context, posts: Sequence[PostRow], terms: tuple[str, ...] = ()) -> Markup:
    """The posts as `<article>` elements, as the viewer of the page sees them.

    Matches of `terms` (app/search/words.py) are highlighted. The buttons submit the page's form `actions`, which has
    the CSRF token: the HTML of a post is cached, so it must not depend on the session.
    """
    gone: int = session.pop(GONE, 0)
    viewer = page["current_user"]
    viewer_id, moderates = (viewer.id, viewer.is_administrator) if viewer.is_authenticated else (None, False)
    surroundings = page["surroundings"]
    articles = []
    for post in posts:
        if post.id < gone:
            articles.append(_place_of(gone))
            gone = 0
        own = post.author_id == viewer_id
        key = (post, own, moderates, surroundings, terms)
        articles.append(cached(key, _article, post, own, moderates, terms))
    if gone:
        articles.append(_place_of(gone))
    return Markup("".join(articles))  # noqa: S704  made of Markup


def _article(post: PostRow, own: bool, moderates: bool, terms: tuple[str, ...]) -> Markup:
    template = current_app.jinja_env.get_template("components/post.html")
    html = template.render(post=post, own=own, moderates=moderates, terms=terms)
    return Markup(html)  # noqa: S704  escaped by Jinja
