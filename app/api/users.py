"""Users, and who follows whom."""

from datetime import datetime
from typing import Any

from flask import abort, g, request

from app.api import queries
from app.api.contract import Resource, check_user
from app.api.inputs import KeyQuery, NewUser, PageQuery, UserChange
from app.api.paging import Answer, answer, by_number, key_of
from app.api.queries import UserRow
from app.api.schemas import Deletion, Error, Posts, User, Users
from app.auth import attempts, services
from app.database import db
from app.deletion import services as deletion
from app.relationships import services as relationships
from app.timelines import queries as timelines
from app.users import models
from app.users import services as users
from app.users.queries import by_id
from app.web import rate_limits
from app.web.hooks import note_user

bp = Resource("api_users", __name__, url_prefix="/api/users", description="Users, and who follows whom.")


@bp.get("")
@bp.needs_token
@bp.arguments(PageQuery, location="query")
@bp.response(200, Users)
def index(query: dict[str, int]) -> dict[str, Any]:
    """List all users, oldest first."""
    return by_number(query, *queries.users(query["page"], query["per_page"]))


@bp.post("")
@rate_limits.registrations
@bp.arguments(NewUser)
@bp.response(201, User, headers={"Location": {"schema": {"type": "string"}}})
@bp.alt_response(429, schema=Error)
def create(values: dict[str, str]) -> tuple[UserRow, dict[str, str]]:
    """Create an account, and mail a link to confirm its address.

    A repeated request is refused, as the username is taken.
    """
    attempts.register(values["email"])
    user = services.register(values["username"], values["email"], values["password"])
    db.session.commit()
    note_user(user.id)
    return _known(user.id), {"Location": f"{request.script_root}/api/users/{user.id}"}


@bp.get("/<id:user_id>")
@bp.needs_token
@bp.response(200, User)
@bp.alt_response(404, schema=Error)
def show(user_id: int) -> UserRow:
    """Get one user."""
    return _known(user_id)


@bp.put("/<id:user_id>")
@bp.needs_token
@rate_limits.profiles
@bp.arguments(UserChange)
@bp.response(200, User)
@bp.alt_response(403, schema=Error)
@bp.alt_response(404, schema=Error)
def change(values: dict[str, str], user_id: int) -> UserRow:
    """Change the caller's profile."""
    user = by_id(user_id) or abort(404)
    users.check_owner(user, by=g.caller)
    email, password = values.pop("email", None), values.pop("password", "")
    if email is not None and services.is_new_email(user, email):
        _ask_for_address(user, email, password)
    users.change_profile(user, **values)
    db.session.commit()
    return _known(user_id)


@bp.delete("/<id:user_id>")
@bp.needs_password
@bp.response(202, Deletion)
@bp.alt_response(403, schema=Error)
@bp.alt_response(404, schema=Error)
def delete(user_id: int) -> dict[str, datetime]:
    """Delete the caller's account in a week. Signing in or getting a token before then cancels this.

    All sessions and tokens of the user end at once.
    """
    users.check_owner(by_id(user_id) or abort(404), by=g.caller)
    due_at = deletion.request_deletion(g.caller)
    db.session.commit()
    return {"due_at": due_at}


@bp.get("/<id:user_id>/followers")
@bp.needs_token
@bp.arguments(PageQuery, location="query")
@bp.response(200, Users)
@bp.alt_response(404, schema=Error)
def followers(query: dict[str, int], user_id: int) -> dict[str, Any]:
    """List the followers of a user."""
    check_user(user_id)
    return by_number(query, *queries.followers(user_id, query["page"], query["per_page"]))


@bp.get("/<id:user_id>/following")
@bp.needs_token
@bp.arguments(PageQuery, location="query")
@bp.response(200, Users)
@bp.alt_response(404, schema=Error)
def following(query: dict[str, int], user_id: int) -> dict[str, Any]:
    """List those whom a user follows."""
    check_user(user_id)
    return by_number(query, *queries.following(user_id, query["page"], query["per_page"]))


@bp.post("/<id:user_id>/follow")
@bp.needs_token
@rate_limits.follows
@bp.response(204)
@bp.alt_response(400, schema=Error)
@bp.alt_response(404, schema=Error)
def follow(user_id: int) -> None:
    """Follow a user. Idempotent."""
    check_user(user_id)
    relationships.follow(g.caller.id, user_id)
    db.session.commit()


@bp.delete("/<id:user_id>/follow")
@bp.needs_token
@rate_limits.follows
@bp.response(204)
@bp.alt_response(400, schema=Error)
@bp.alt_response(404, schema=Error)
def unfollow(user_id: int) -> None:
    """Unfollow a user. Idempotent."""
    check_user(user_id)
    relationships.unfollow(g.caller.id, user_id)
    db.session.commit()


@bp.get("/<id:user_id>/posts")
@bp.needs_token
@bp.arguments(KeyQuery, location="query")
@bp.response(200, Posts)
@bp.alt_response(404, schema=Error)
def posts(query: dict[str, Any], user_id: int) -> Answer:
    """List the posts of a user, newest first."""
    check_user(user_id)
    return answer(timelines.profile(user_id, key_of(query), query["limit"]), query["limit"])


@rate_limits.addresses
@rate_limits.passwords
def _ask_for_address(user: models.User, email: str, password: str) -> None:
    """Limited here instead of at the view: only requests for a new address try a password."""
    email = services.request_email_change(user, email, password)
    attempts.request_confirmation(email)


def _known(user_id: int) -> UserRow:
    return queries.user(user_id) or abort(404)
