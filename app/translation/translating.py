"""Translating posts: from the database, or by the translation service."""

from flask import current_app
from flask_babel import get_locale
from flask_babel import gettext as _

from app.database import db
from app.exceptions import Invalid, NotFound
from app.posts import queries as posts
from app.posts.queries import PostRow
from app.translation import client, queries, services


def reader_language() -> str:
    """The language of the page, as a primary tag, which all versions of LibreTranslate know ("zh", not "zh-Hans")."""
    return str(get_locale().language)


def is_foreign(language: str | None) -> bool:
    """Whether a post in that language can be translated for the reader."""
    return bool(current_app.config["TRANSLATE_URL"] and language and language != reader_language())


def translation_of(post: PostRow) -> str | None:
    """The stored translation of a post into the reader's language, or None."""
    return queries.translation(post.id, reader_language()) if is_foreign(post.language) else None


def translate(post_id: int, language: str) -> str:
    """Return the translation of a post into that language, and store it; the caller commits.

    Commits before it calls the service, to hold neither a transaction nor a connection while it waits. Raises NotFound,
    Invalid if the post is in that language or in an unknown one, and Unavailable.
    """
    post = posts.post(post_id)
    if post is None:
        raise NotFound(_("This post no longer exists."))
    if not current_app.config["TRANSLATE_URL"]:
        raise NotFound(_("Translation is not available on this site."))
    if post.language in (None, language):
        raise Invalid("language", _("This post is in your language already, or its language is unknown."))
    stored = queries.translation(post_id, language)
    if stored is not None:
        return stored
    db.session.commit()
    body = client.translate(post.body, source=post.language, target=language)
    services.store(post_id, language, body, source=post.language)
    return body
