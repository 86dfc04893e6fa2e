"""Posts."""

from flask import abort, g, jsonify

from app.api.contract import Resource
from app.api.paging import answer, key_of
from app.api.representations import post as represent
from app.api.representations import root
from app.api.schemas import Error, KeyQuery, NewPost, NewTranslation, Post, Posts, Translation
from app.database import db
from app.languages import rules
from app.posts import queries, services
from app.timelines import queries as timelines
from app.translation import translating
from app.web import rate_limits

bp = Resource("api_posts", __name__, url_prefix="/api/posts", description="What people write for everybody.")


@bp.get("")
@bp.needs_token
@bp.arguments(KeyQuery, location="query")
@bp.response(200, Posts)
def index(query):
    """List all posts, newest first."""
    base = root()
    page = timelines.public(key_of(query), query["limit"])
    return answer(page, query["limit"], lambda row: represent(row, base))


@bp.post("")
@bp.needs_token
@rate_limits.posts
@bp.arguments(NewPost)
@bp.response(201, Post, headers={"Location": {"schema": {"type": "string"}}})
def create(values):
    """Write a post: 1 to 140 characters, as a person counts them."""
    post = services.create_post(g.caller.id, values["body"], values["language"])
    db.session.commit()
    base = root()
    response = jsonify(represent(queries.post(post.id), base))
    response.status_code = 201
    response.location = f"{base}/posts/{post.id}"
    return response


@bp.get("/<id:post_id>")
@bp.needs_token
@bp.response(200, Post)
@bp.alt_response(404, schema=Error)
def show(post_id):
    """Get one post."""
    return jsonify(represent(queries.post(post_id) or abort(404), root()))


@bp.post("/<id:post_id>/translation")
@bp.needs_token
@rate_limits.translations
@bp.arguments(NewTranslation)
@bp.response(200, Translation)
@bp.alt_response(404, schema=Error)
@bp.alt_response(503, schema=Error)
def translate(values, post_id):
    """Translate a post, where this site can: what it says in another language than its own."""
    language = rules.language(values["language"])
    body = translating.translate(post_id, language)
    db.session.commit()
    return jsonify(language=language, body=body)


@bp.delete("/<id:post_id>")
@bp.needs_token
@bp.response(204)
@bp.alt_response(403, schema=Error)
@bp.alt_response(404, schema=Error)
def delete(post_id):
    """Delete a post of one's own; an administrator may delete anybody's."""
    services.delete_post(post_id, by=g.caller)
    db.session.commit()
