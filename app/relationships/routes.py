"""Following people."""

from flask import Blueprint, flash, get_template_attribute, redirect
from flask_babel import gettext as _
from flask_login import current_user, login_required

from app.auth.destination import destination
from app.database import db
from app.exceptions import NotFound
from app.relationships import services
from app.relationships.queries import standing
from app.text import isolated
from app.users import queries
from app.web import rate_limits
from app.web.errors import is_from_script

bp = Blueprint("relationships", __name__)


@bp.post("/follow/<username>")
@login_required
@rate_limits.follows
def follow(username):
    person = _person(username)
    services.follow(current_user.id, person.id)
    db.session.commit()
    return _done(person, _("You follow %(name)s.", name=isolated(person.name)))


@bp.post("/unfollow/<username>")
@login_required
@rate_limits.follows
def unfollow(username):
    person = _person(username)
    services.unfollow(current_user.id, person.id)
    db.session.commit()
    return _done(person, _("You no longer follow %(name)s.", name=isolated(person.name)))


def _person(username):
    person = queries.by_username(username)
    if person is None:
        raise NotFound(_("This person is not there."))
    return person


def _done(person, message):
    """Lead back to the page of the button; a script is told what now takes the place of what the page shows.

    `{"button", "followers": HTML, "message": text}`
    """
    if not is_from_script():
        flash(message, "success")
        return redirect(destination())
    button, followers = (
        get_template_attribute("components/follow.html", name) for name in ("follow_button", "followers")
    )
    now = standing(person.id, current_user.id)
    return {
        "button": button(person.username, now.followed),
        "followers": followers(person.username, now.followers),
        "message": message,
    }
