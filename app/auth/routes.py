"""Pages of signing in."""

from flask import Blueprint

bp = Blueprint("auth", __name__, url_prefix="/auth")


@bp.get("/login")
def login():
    return ""
