"""Translating posts, and correcting their language."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user, login_required

from app.database import db
from app.exceptions import Unavailable
from app.posts import queries as posts
from app.translation import services
from app.translation.translating import reader_language, translate
from app.web import rate_limits
from app.web.errors import is_from_script

bp = Blueprint("translation", __name__, url_prefix="/posts/<id:post_id>")


@bp.post("/translation")
@login_required
@rate_limits.translations
def create(post_id: int) -> ResponseReturnValue:
    """Translate a post and redirect to its page. A script gets `{"html": the translation, as that page shows it}`."""
    try:
        translate(post_id, reader_language())
        db.session.commit()
    except Unavailable as error:
        if is_from_script():
            raise
        flash(str(error), "warning")
    if is_from_script():
        post = posts.post(post_id) or abort(404)
        return {"html": render_template("posts/translation.html", post=post).strip()}
    return redirect(url_for("posts.show", post_id=post_id))


@bp.post("/language")
@login_required
def set_language(post_id: int) -> ResponseReturnValue:
    services.set_language(post_id, request.form.get("language", ""), by=current_user.id)
    db.session.commit()
    flash(_("The language of your post was changed."), "success")
    return redirect(url_for("posts.show", post_id=post_id))
