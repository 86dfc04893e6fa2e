"""Avatars of users."""

from flask import Blueprint, Response

from app.users import avatars

bp = Blueprint("users", __name__)

YEAR = 365 * 24 * 3600  # seconds


@bp.get("/avatar/<int:user_id>.svg")
def avatar(user_id: int) -> Response:
    """Draw the avatar from the id alone: no query, and browsers cache it for a year."""
    response = Response(avatars.identicon(user_id), mimetype="image/svg+xml")
    response.cache_control.public = True
    response.cache_control.max_age = YEAR
    response.cache_control.immutable = True
    return response
