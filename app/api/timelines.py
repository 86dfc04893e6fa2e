"""Timelines."""

from typing import Any

from flask import g

from app.api.contract import Resource
from app.api.inputs import KeyQuery
from app.api.paging import Answer, answer, key_of
from app.api.schemas import Posts
from app.timelines import queries

bp = Resource("api_timelines", __name__, url_prefix="/api/timelines", description="Lists of posts, newest first.")


@bp.get("/home")
@bp.needs_token
@bp.arguments(KeyQuery, location="query")
@bp.response(200, Posts)
def home(query: dict[str, Any]) -> Answer:
    """List the posts of the caller and of those whom they follow."""
    return answer(queries.home(g.caller.id, key_of(query), query["limit"]), query["limit"])


@bp.get("/public")
@bp.needs_token
@bp.arguments(KeyQuery, location="query")
@bp.response(200, Posts)
def public(query: dict[str, Any]) -> Answer:
    """List the posts of all users."""
    return answer(queries.public(key_of(query), query["limit"]), query["limit"])
