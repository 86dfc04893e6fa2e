"""Pages of timelines."""

from flask import Blueprint, render_template

bp = Blueprint("timelines", __name__)


@bp.get("/")
def home():
    return render_template("timelines/home.html")
