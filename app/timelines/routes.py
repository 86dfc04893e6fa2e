"""Pages of timelines."""

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user, login_required

from app.languages.names import languages_of_site
from app.pagination import key_from
from app.posts.forms import PostForm
from app.timelines import queries

bp = Blueprint("timelines", __name__)


@bp.get("/")
@login_required
def home() -> ResponseReturnValue:
    page = queries.home(current_user.id, key_from(request.args), current_app.config["POSTS_PER_PAGE"])
    return render_template("timelines/home.html", page=page, composer=_composer)


def _composer() -> PostForm:
    """An empty composer. The template calls this only if the composer's HTML is not cached, and adds the CSRF token."""
    return PostForm(languages_of_site, formdata=None, meta={"csrf": False})


@bp.get("/index")
def index() -> ResponseReturnValue:
    """Redirect from the address that the home timeline has in the well-known tutorial application."""
    # The query is copied as it is: url_for would interpret `_external` and `_scheme`.
    query = request.query_string.decode()
    return redirect(url_for("timelines.home") + (f"?{query}" if query else ""), 301)


@bp.get("/explore")
@login_required
def public() -> ResponseReturnValue:
    page = queries.public(key_from(request.args), current_app.config["POSTS_PER_PAGE"])
    return render_template("timelines/public.html", page=page)
