"""Following people."""

from flask import Blueprint, abort, flash, redirect
from flask_babel import gettext as _
from flask_login import current_user, login_required

from app.auth.destination import destination
from app.database import db
from app.relationships import services
from app.text import isolated
from app.users import queries

bp = Blueprint("relationships", __name__)


@bp.post("/follow/<username>")
@login_required
def follow(username):
    person = queries.by_username(username) or abort(404)
    services.follow(current_user.id, person.id)
    db.session.commit()
    flash(_("You follow %(name)s.", name=isolated(person.name)), "success")
    return redirect(destination())


@bp.post("/unfollow/<username>")
@login_required
def unfollow(username):
    person = queries.by_username(username) or abort(404)
    services.unfollow(current_user.id, person.id)
    db.session.commit()
    flash(_("You no longer follow %(name)s.", name=isolated(person.name)), "success")
    return redirect(destination())
