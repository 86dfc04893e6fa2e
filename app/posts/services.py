"""What changes posts. Nothing is committed here: the view does that."""

from flask_babel import gettext as _
from sqlalchemy import delete

from app.database import db
from app.exceptions import NotAllowed, NotFound
from app.languages import rules as languages
from app.languages.detection import detect
from app.posts import rules
from app.posts.models import Post
from app.posts.signals import post_created
from app.users.models import Actor
from app.users.services import add_to_counts


def create_post(author_id: int, body: str, language: str | None = None) -> Post:
    """A new post by that person, in the language that they say, or else in the one that their text shows.

    Raises Invalid for a text that can't be one, or a language that is not known.
    """
    body = rules.body(body)
    post = Post(author_id=author_id, body=body, language=languages.language_or_none(language) or detect(body))
    db.session.add(post)
    db.session.flush()
    post_created.send(post)
    add_to_counts(author_id, posts=1)
    return post


def delete_post(post_id: int, by: Actor) -> None:
    """Delete a post at the wish of `by`: its author, or an administrator. Raises NotFound, or NotAllowed."""
    gone = _("This post is not there, or was deleted already.")
    post = db.session.get(Post, post_id)
    if post is None:
        raise NotFound(gone)
    if post.author_id != by.id and not by.is_administrator:
        raise NotAllowed(_("Only its author or an administrator can delete a post."))
    if db.session.execute(delete(Post).where(Post.id == post_id)).rowcount == 0:
        raise NotFound(gone)  # since this moment
    add_to_counts(post.author_id, posts=-1)
