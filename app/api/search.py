"""Finding posts and users."""

from typing import Any

from app.api.contract import Resource
from app.api.inputs import SearchQuery
from app.api.paging import Answer, answer, key_of
from app.api.schemas import People, Posts
from app.search import queries, rules
from app.search.words import query_terms

bp = Resource("api_search", __name__, url_prefix="/api/search", description="Posts by their words, users by name.")


@bp.get("")
@bp.needs_token
@bp.arguments(SearchQuery, location="query")
@bp.response(200, Posts)
def posts(query: dict[str, Any]) -> Answer:
    """List the posts that have all the words, newest first."""
    return answer(
        queries.posts(query_terms(rules.query(query["q"])), key_of(query), query["limit"]), query["limit"], q=query["q"]
    )


@bp.get("/people")
@bp.needs_token
@bp.arguments(SearchQuery, location="query")
@bp.response(200, People)
def people(query: dict[str, Any]) -> Answer:
    """List the users whose names have a word that begins like each of these, newest first."""
    return answer(
        queries.users(query_terms(rules.query(query["q"])), key_of(query), query["limit"]), query["limit"], q=query["q"]
    )
