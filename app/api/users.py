"""People, and who follows whom."""

from flask import abort, g, jsonify
from flask_babel import get_locale

from app.api import queries
from app.api.contract import Resource
from app.api.paging import answer, by_number, key_of
from app.api.representations import post as represent_post
from app.api.representations import root
from app.api.representations import user as represent
from app.api.schemas import Error, KeyQuery, NewUser, PageQuery, Posts, User, UserChange, Users
from app.auth import services
from app.database import db
from app.jobs import call_later
from app.relationships import services as relationships
from app.timelines import queries as timelines
from app.users import services as users
from app.web import rate_limits

bp = Resource("api_users", __name__, url_prefix="/api/users", description="People, and who follows whom.")


@bp.get("")
@bp.needs_token
@bp.arguments(PageQuery, location="query")
@bp.response(200, Users)
def index(query):
    """List all people, oldest first."""
    return _page(query, *queries.users(query["page"], query["per_page"]))


@bp.post("")
@rate_limits.limited("500 per hour", account=rate_limits.address)
@bp.arguments(NewUser)
@bp.response(201, User, headers={"Location": {"schema": {"type": "string"}}})
@bp.alt_response(429, schema=Error)
def create(values):
    """Make an account."""
    user = services.register(values["username"], values["email"], values["password"])
    db.session.commit()
    response = jsonify(represent(queries.user(user.id), with_email=True))
    response.status_code = 201
    response.location = f"{root()}/users/{user.id}"
    return response


@bp.get("/<id:user_id>")
@bp.needs_token
@bp.response(200, User)
@bp.alt_response(404, schema=Error)
def show(user_id):
    """Get one person."""
    return jsonify(represent(_known(user_id), with_email=user_id == g.caller.id))


@bp.put("/<id:user_id>")
@bp.needs_token
@bp.arguments(UserChange)
@bp.response(200, User)
@bp.alt_response(403, schema=Error)
@bp.alt_response(404, schema=Error)
def change(values, user_id):
    """Change what one says of oneself."""
    person = _known(user_id).User
    users.check_owner(person, by=g.caller)
    email, password = values.pop("email", None), values.pop("password", "")
    moves = services.is_another_address(person, email)
    if moves:
        _ask_for_address(person, email, password)
    users.change_profile(person, **values)
    db.session.commit()
    if moves:
        call_later("app.auth.mails:confirm_address", person.id, email, str(get_locale()))
    return jsonify(represent(_known(user_id), with_email=True))


@bp.get("/<id:user_id>/followers")
@bp.needs_token
@bp.arguments(PageQuery, location="query")
@bp.response(200, Users)
@bp.alt_response(404, schema=Error)
def followers(query, user_id):
    """List those who follow a person."""
    _known(user_id)
    return _page(query, *queries.followers(user_id, query["page"], query["per_page"]))


@bp.get("/<id:user_id>/following")
@bp.needs_token
@bp.arguments(PageQuery, location="query")
@bp.response(200, Users)
@bp.alt_response(404, schema=Error)
def following(query, user_id):
    """List those whom a person follows."""
    _known(user_id)
    return _page(query, *queries.following(user_id, query["page"], query["per_page"]))


@bp.post("/<id:user_id>/follow")
@bp.needs_token
@rate_limits.follows
@bp.response(204)
@bp.alt_response(400, schema=Error)
@bp.alt_response(404, schema=Error)
def follow(user_id):
    """Follow a person; whoever does so already still does."""
    _known(user_id)
    relationships.follow(g.caller.id, user_id)
    db.session.commit()


@bp.delete("/<id:user_id>/follow")
@bp.needs_token
@rate_limits.follows
@bp.response(204)
@bp.alt_response(400, schema=Error)
@bp.alt_response(404, schema=Error)
def unfollow(user_id):
    """Follow a person no longer."""
    _known(user_id)
    relationships.unfollow(g.caller.id, user_id)
    db.session.commit()


@bp.get("/<id:user_id>/posts")
@bp.needs_token
@bp.arguments(KeyQuery, location="query")
@bp.response(200, Posts)
@bp.alt_response(404, schema=Error)
def posts(query, user_id):
    """List what a person wrote, newest first."""
    _known(user_id)
    base = root()
    page = timelines.profile(user_id, key_of(query), query["limit"])
    return answer(page, query["limit"], lambda row: represent_post(row, base))


@rate_limits.addresses
@rate_limits.passwords
def _ask_for_address(person, email, password):
    """Here, not at the view, the requests are counted: only those that bring another address try a password."""
    services.ask_for_address(person, email, password)


def _known(user_id):
    return queries.user(user_id) or abort(404)


def _page(query, rows, total):
    items = [represent(row, with_email=row.User.id == g.caller.id) for row in rows]
    return jsonify(by_number(query, items, total))
