"""The buttons to follow and unfollow a user."""

from flask import Blueprint, flash, get_template_attribute, redirect
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user, login_required

from app.database import db
from app.exceptions import NotFound
from app.relationships import services
from app.relationships.queries import standing
from app.text import isolated
from app.users import queries
from app.users.models import User
from app.web import rate_limits
from app.web.destination import destination
from app.web.errors import is_from_script

bp = Blueprint("relationships", __name__)


@bp.post("/follow/<username>")
@login_required
@rate_limits.follows
def follow(username: str) -> ResponseReturnValue:
    user = _find(username)
    services.follow(current_user.id, user.id)
    db.session.commit()
    return _answer(user, _("Followed %(name)s.", name=isolated(user.name)))


@bp.post("/unfollow/<username>")
@login_required
@rate_limits.follows
def unfollow(username: str) -> ResponseReturnValue:
    user = _find(username)
    services.unfollow(current_user.id, user.id)
    db.session.commit()
    return _answer(user, _("Unfollowed %(name)s.", name=isolated(user.name)))


def _find(username: str) -> User:
    user = queries.by_username(username)
    if user is None:
        raise NotFound(_("User not found"))
    return user


def _answer(user: User, message: str) -> ResponseReturnValue:
    """Redirect to the page of the button. A script gets JSON instead, with the new HTML for its page.

    `{"button": HTML, "followers": HTML, "message": text}`
    """
    if not is_from_script():
        flash(message, "success")
        return redirect(destination())
    button, followers = (
        get_template_attribute("components/follow.html", name) for name in ("follow_button", "followers")
    )
    now = standing(user.id, current_user.id)
    return {
        "button": button(user.username, now.followed),
        "followers": followers(user.username, now.followers),
        "message": message,
    }
