"""A post in another language: from the database, or from the service, which may take its time."""

from flask import current_app
from flask_babel import get_locale
from flask_babel import gettext as _

from app.database import db
from app.exceptions import Invalid, NotFound
from app.posts import queries as posts
from app.posts.queries import PostRow
from app.translation import client, queries, services


def reader_language() -> str:
    """What the page speaks, by its primary tag, which every version of LibreTranslate knows ("zh", not "zh-Hans")."""
    return get_locale().language


def is_foreign(language: str | None) -> bool:
    """Whether a post in that language can be translated for the reader of the page."""
    return bool(current_app.config["TRANSLATE_URL"] and language and language != reader_language())


def translation_of(post: PostRow) -> str | None:
    """The post in the reader's language, if it is in another one and has been translated before."""
    return queries.translation(post.id, reader_language()) if is_foreign(post.language) else None


def translate(post_id: int, language: str) -> str:
    """What a post says in that language, kept for whoever asks next.

    It commits before it asks the service: a transaction that is open meanwhile would hold others up, and a connection
    whoever needs one. What it keeps then is for the view to commit. Raises NotFound, Invalid for a post whose language
    is that one or not known, and Unavailable.
    """
    post = posts.post(post_id)
    if post is None:
        raise NotFound(_("This post is not there, or was deleted already."))
    if not current_app.config["TRANSLATE_URL"]:
        raise NotFound(_("Posts are not translated here."))
    if post.language in (None, language):
        raise Invalid("language", _("This post needs no translation, or its language is not known."))
    kept = queries.translation(post_id, language)
    if kept is not None:
        return kept
    db.session.commit()
    body = client.translate(post.body, source=post.language, target=language)
    services.keep(post_id, language, body)
    return body
