"""Creating and deleting posts. The caller commits."""

import logging

from flask_babel import gettext as _
from sqlalchemy import delete

from app.database import changed, db
from app.exceptions import NotAllowed, NotFound
from app.languages import rules as languages
from app.posts import rules
from app.posts.models import Post
from app.posts.signals import post_created
from app.users.models import Actor
from app.users.services import add_to_counts, hold

log = logging.getLogger(__name__)


def create_post(author_id: int, body: str, language: str | None = None) -> Post:
    """Create a post, flushed; without `language`, a language tag, the language is detected.

    Raises Invalid for the field `body` or `language`, and NotFound if the account is gone.
    """
    body = rules.body(body)
    language = languages.language_or_none(language) or languages.detect(body)
    hold(author_id)
    post = Post(author_id=author_id, body=body, language=language)
    db.session.add(post)
    db.session.flush()
    post_created.send(post)
    add_to_counts(author_id, posts=1)
    return post


def delete_post(post_id: int, by: Actor) -> None:
    """Delete a post. Raises NotFound, or NotAllowed unless `by` is the author or an administrator."""
    gone = _("This post no longer exists.")
    post = db.session.get(Post, post_id)
    if post is None:
        raise NotFound(gone)
    if post.author_id != by.id and not by.is_administrator:
        raise NotAllowed(_("Only the author or an administrator can delete a post."))
    hold(post.author_id, missing=gone)
    deleted = db.session.execute(delete(Post).where(Post.id == post_id))
    if not changed(deleted):  # another request was first
        raise NotFound(gone)
    add_to_counts(post.author_id, posts=-1)
    if post.author_id != by.id:
        log.info("post %s of user %s deleted by administrator %s", post_id, post.author_id, by.id)
