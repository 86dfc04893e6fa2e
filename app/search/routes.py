"""Pages of search results."""

from flask import Blueprint, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import login_required

from app.exceptions import Invalid
from app.pagination import NEWEST, Key, key_from
from app.search import queries, rules
from app.search.words import query_terms

bp = Blueprint("search", __name__, url_prefix="/search")

PEOPLE_ABOVE_POSTS = 3


@bp.get("")
@login_required
def index() -> ResponseReturnValue:
    """Show posts and, on the first page, a few users above them."""
    query, terms, key, error = _arguments()
    page = queries.posts(terms, key, current_app.config["POSTS_PER_PAGE"])
    people = queries.users(terms, NEWEST, PEOPLE_ABOVE_POSTS) if key == NEWEST else None
    html = render_template("search/index.html", query=query, error=error, terms=terms, page=page, people=people)
    return html, 400 if error else 200


@bp.get("/people")
@login_required
def people() -> ResponseReturnValue:
    query, terms, key, error = _arguments()
    page = queries.users(terms, key, current_app.config["POSTS_PER_PAGE"])
    html = render_template("search/people.html", query=query, error=error, terms=terms, page=page)
    return html, 400 if error else 200


def _arguments() -> tuple[str, tuple[str, ...], Key, str]:
    """The search query, its terms, the key of the page, and why the query is refused, if it is: it has no terms then.

    The box shows the query either way.
    """
    query, key = request.args.get("q", ""), key_from(request.args)
    try:
        return query, query_terms(rules.query(query)), key, ""
    except Invalid as error:
        return query, (), key, str(error)
