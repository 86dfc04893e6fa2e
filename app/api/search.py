"""Finding posts and people."""

from app.api.contract import Resource
from app.api.paging import answer, key_of
from app.api.representations import person, root
from app.api.representations import post as represent
from app.api.schemas import People, Posts, SearchQuery
from app.search import queries
from app.search.words import asked

bp = Resource("api_search", __name__, url_prefix="/api/search", description="Posts by their words, people by name.")


@bp.get("")
@bp.needs_token
@bp.arguments(SearchQuery, location="query")
@bp.response(200, Posts)
def posts(query):
    """List the posts that have all the words, newest first."""
    base = root()
    page = queries.posts(asked(query["q"]), key_of(query), query["limit"])
    return answer(page, query["limit"], lambda row: represent(row, base), q=query["q"])


@bp.get("/people")
@bp.needs_token
@bp.arguments(SearchQuery, location="query")
@bp.response(200, People)
def people(query):
    """List the people in whose names words begin like each of those, newest first."""
    page = queries.people(asked(query["q"]), key_of(query), query["limit"])
    return answer(page, query["limit"], person, q=query["q"])
