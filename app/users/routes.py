"""Avatars of users."""

from flask import Blueprint, Response

from app.users import avatars
from app.web.templating import cache_for_a_year

bp = Blueprint("users", __name__)


@bp.get("/avatar/<int:user_id>.svg")
def avatar(user_id: int) -> Response:
    """Draw the avatar from the id alone: no query, and browsers cache it for a year."""
    response = Response(avatars.identicon(user_id), mimetype="image/svg+xml")
    cache_for_a_year(response)
    return response
