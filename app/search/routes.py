"""Pages of search results."""

from flask import Blueprint, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import login_required

from app.pagination import NEWEST, Key, key_from
from app.search import queries
from app.search.words import query_terms

bp = Blueprint("search", __name__, url_prefix="/search")

PEOPLE_ABOVE_POSTS = 3


@bp.get("")
@login_required
def index() -> ResponseReturnValue:
    """Show posts and, on the first page, a few users above them."""
    query, terms, key = _arguments()
    page = queries.posts(terms, key, current_app.config["POSTS_PER_PAGE"])
    people = queries.users(terms, NEWEST, PEOPLE_ABOVE_POSTS) if key == NEWEST else None
    return render_template("search/index.html", query=query, terms=terms, page=page, people=people)


@bp.get("/people")
@login_required
def people() -> ResponseReturnValue:
    query, terms, key = _arguments()
    page = queries.users(terms, key, current_app.config["POSTS_PER_PAGE"])
    return render_template("search/people.html", query=query, terms=terms, page=page)


def _arguments() -> tuple[str, tuple[str, ...], Key]:
    """The search query, its terms, and the key of the page."""
    query = request.args.get("q", "")
    return query, query_terms(query), key_from(request.args)
