"""What changes the language of posts, and their translations. Nothing is committed here: the view does that."""

from flask_babel import gettext as _
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from app.database import db, insert_if_absent, utc_now
from app.exceptions import NotAllowed, NotFound
from app.languages import rules
from app.posts.models import Post
from app.translation.models import Translation


def keep(post_id: int, language: str, body: str) -> None:
    """Keep what a post says in that language. Raises NotFound for a post that was deleted meanwhile."""
    try:
        with db.session.begin_nested():
            insert_if_absent(Translation, post_id=post_id, language=language, body=body, created_at=utc_now())
    except IntegrityError as error:
        raise NotFound(_("This post is not there, or was deleted already.")) from error


def set_language(post_id: int, language: str, by: int) -> None:
    """Say that a post is in that language, or with "" that it is in none; translations made from another go.

    Raises NotFound, NotAllowed for anybody but its author, or Invalid for a language that is not known.
    """
    post = db.session.get(Post, post_id)
    if post is None:
        raise NotFound(_("This post is not there, or was deleted already."))
    if post.author_id != by:
        raise NotAllowed(_("Only its author can say what language a post is in."))
    post.language = rules.language_or_none(language)
    db.session.execute(delete(Translation).where(Translation.post_id == post_id))
    db.session.flush()
