"""Timelines."""

from flask import g

from app.api.contract import Resource
from app.api.paging import answer, key_of
from app.api.representations import post as represent
from app.api.representations import root
from app.api.schemas import KeyQuery, Posts
from app.timelines import queries

bp = Resource("api_timelines", __name__, url_prefix="/api/timelines", description="Lists of posts, newest first.")


@bp.get("/home")
@bp.needs_token
@bp.arguments(KeyQuery, location="query")
@bp.response(200, Posts)
def home(query):
    """List what one wrote oneself, and what those wrote whom one follows."""
    base = root()
    page = queries.home(g.caller.id, key_of(query), query["limit"])
    return answer(page, query["limit"], lambda row: represent(row, base))


@bp.get("/public")
@bp.needs_token
@bp.arguments(KeyQuery, location="query")
@bp.response(200, Posts)
def public(query):
    """List what everybody wrote."""
    base = root()
    page = queries.public(key_of(query), query["limit"])
    return answer(page, query["limit"], lambda row: represent(row, base))
