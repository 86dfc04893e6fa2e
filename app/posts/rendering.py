"""Posts as HTML, each worked out once, not once for each page that shows it."""

from collections.abc import Sequence
from functools import partial

from flask import current_app
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from app.posts.queries import PostRow
from app.web.fragment_cache import cached


@pass_context
def posts_html(page: Context, posts: Sequence[PostRow], terms: tuple[str, ...] = ()) -> Markup:
    """The posts, rows of `app.timelines.queries`, as the articles that the reader of this page sees.

    The words among `terms`, which were searched for, are marked.

    Their delete buttons belong to the page's form with the id `actions`: the one thing that differs between sessions,
    the CSRF token, stands there.
    """
    person = page["current_user"]
    reader, moderates = (person.id, person.is_administrator) if person.is_authenticated else (None, False)
    around = page["surroundings"]
    html = [
        cached(
            (post, post.author_id == reader, moderates, around, terms),
            partial(_article, post, reader, moderates, terms),
        )
        for post in posts
    ]
    return Markup("".join(html))  # noqa: S704  made of Markup


def _article(post: PostRow, reader: int | None, moderates: bool, terms: tuple[str, ...]) -> Markup:
    article = current_app.jinja_env.get_template("components/post.html")
    own = post.author_id == reader
    html = article.render(post=post, terms=terms, own=own, moderates=moderates)
    return Markup(html)  # noqa: S704  Jinja has escaped what people wrote
