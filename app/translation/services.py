"""Storing translations, and correcting the language of posts. The caller commits."""

from flask_babel import gettext as _
from sqlalchemy import delete, select

from app.database import db, insert_if_absent, lock_rows, utc_now
from app.exceptions import NotAllowed, NotFound
from app.languages import rules
from app.posts.models import Post
from app.translation.models import Translation


def store(post_id: int, language: str, body: str, source: str | None) -> None:
    """Store a translation from the language `source`, unless the post has got another one meanwhile.

    Raises NotFound if the post was deleted meanwhile.
    """
    now = lock_rows(select(Post.language).where(Post.id == post_id), shared=True).first()
    if now is None:
        raise NotFound(_("This post no longer exists."))
    if now.language == source:
        insert_if_absent(Translation, post_id=post_id, language=language, body=body, created_at=utc_now())


def set_language(post_id: int, language: str, by: int) -> None:
    """Set the language of a post, or with "" that it is unknown, and delete its translations.

    Raises NotFound, NotAllowed for anyone but the author, and Invalid for a language not in LANGUAGES.
    """
    post = lock_rows(select(Post).where(Post.id == post_id)).scalar()
    if post is None:
        raise NotFound(_("This post no longer exists."))
    if post.author_id != by:
        raise NotAllowed(_("Only the author can change the language of a post."))
    post.language = rules.language_or_none(language)
    db.session.execute(delete(Translation).where(Translation.post_id == post_id))
    db.session.flush()
