"""The pages of what was found."""

from flask import Blueprint, current_app, render_template, request
from flask_login import login_required

from app.pagination import NEWEST, key_from
from app.search import queries, words

bp = Blueprint("search", __name__, url_prefix="/search")

FOREMOST = 3  # people above the posts


@bp.get("")
@login_required
def index():
    """Posts, and on the first page a few people above them."""
    question, terms, key = asked()
    page = queries.posts(terms, key, current_app.config["POSTS_PER_PAGE"])
    people = queries.people(terms, NEWEST, FOREMOST) if key == NEWEST else None
    return render_template("search/index.html", question=question, terms=terms, page=page, people=people)


@bp.get("/people")
@login_required
def people():
    question, terms, key = asked()
    page = queries.people(terms, key, current_app.config["POSTS_PER_PAGE"])
    return render_template("search/people.html", question=question, terms=terms, page=page)


def asked():
    """What was asked for, its terms, and which page of the answer."""
    question = request.args.get("q", "")
    return question, words.asked(question), key_from(request.args)
