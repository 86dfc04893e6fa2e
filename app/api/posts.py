"""Posts."""

from typing import Any

from flask import abort, g, request
from flask_babel import gettext as _

from app.api.contract import Resource
from app.api.inputs import KeyQuery, NewPost, NewTranslation
from app.api.paging import Answer, answer, key_of
from app.api.schemas import Error, Post, Posts, Translation
from app.database import db
from app.exceptions import Gone
from app.languages import rules
from app.posts import queries, services
from app.posts.queries import PostRow
from app.submissions.services import once
from app.timelines import queries as timelines
from app.translation import translating
from app.web import rate_limits

bp = Resource("api_posts", __name__, url_prefix="/api/posts", description="What users publish.")


@bp.get("")
@bp.needs_token
@bp.arguments(KeyQuery, location="query")
@bp.response(200, Posts)
def index(query: dict[str, Any]) -> Answer:
    """List all posts, newest first."""
    return answer(timelines.public(key_of(query), query["limit"]), query["limit"])


@bp.post("")
@bp.needs_token
@rate_limits.posts
@bp.repeatable
@bp.arguments(NewPost)
@bp.response(201, Post, headers={"Location": {"schema": {"type": "string"}}})
def create(values: dict[str, Any], key: str) -> tuple[PostRow, dict[str, str]]:
    """Publish a post of 1 to 140 characters."""
    body, language = values["body"], values["language"]
    post_id = once(
        g.caller.id, key, ("post", body, language or ""), lambda: services.create_post(g.caller.id, body, language).id
    )
    db.session.commit()
    post = queries.post(post_id)
    if post is None:
        raise Gone(_("This post no longer exists."))
    return post, {"Location": f"{request.script_root}/api/posts/{post_id}"}


@bp.get("/<id:post_id>")
@bp.needs_token
@bp.response(200, Post)
@bp.alt_response(404, schema=Error)
def show(post_id: int) -> PostRow:
    """Get one post."""
    return queries.post(post_id) or abort(404)


@bp.post("/<id:post_id>/translation")
@bp.needs_token
@rate_limits.translations
@bp.arguments(NewTranslation)
@bp.response(200, Translation)
@bp.alt_response(404, schema=Error)
@bp.alt_response(503, schema=Error)
def translate(values: dict[str, str], post_id: int) -> dict[str, str]:
    """Translate a post into another language, where this site can."""
    language = rules.language(values["language"])
    body = translating.translate(post_id, language)
    db.session.commit()
    return {"language": language, "body": body}


@bp.delete("/<id:post_id>")
@bp.needs_token
@bp.response(204)
@bp.alt_response(403, schema=Error)
@bp.alt_response(404, schema=Error)
def delete(post_id: int) -> None:
    """Delete the caller's post; an administrator may delete any post."""
    services.delete_post(post_id, by=g.caller)
    db.session.commit()
