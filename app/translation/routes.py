"""Translating posts, and saying what language they are in."""

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user, login_required

from app.database import db
from app.exceptions import Unavailable
from app.translation import services
from app.translation.translating import reader_language, translate
from app.web import rate_limits

bp = Blueprint("translation", __name__, url_prefix="/posts/<id:post_id>")


@bp.post("/translation")
@login_required
@rate_limits.translations
def create(post_id):
    try:
        translate(post_id, reader_language())
        db.session.commit()
    except Unavailable as error:
        flash(str(error), "warning")
    return redirect(url_for("posts.show", post_id=post_id))


@bp.post("/language")
@login_required
def set_language(post_id):
    services.set_language(post_id, request.form.get("language", ""), by=current_user.id)
    db.session.commit()
    flash(_("The language of your post is changed."), "success")
    return redirect(url_for("posts.show", post_id=post_id))
