"""Pages and actions of posts."""

import contextlib

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user, login_required

from app.database import db
from app.exceptions import NotFound
from app.languages.names import language_choices
from app.posts import queries, rendering, services
from app.posts.forms import PostForm
from app.submissions import services as submissions
from app.web import rate_limits, removal
from app.web.destination import destination
from app.web.errors import is_from_script
from app.web.forms import form_view
from app.web.questions import asks_first

bp = Blueprint("posts", __name__)


@bp.route("/post", methods=["GET", "POST"])
@login_required
@rate_limits.posts
@form_view(PostForm)
def create() -> ResponseReturnValue:
    form = PostForm(language_choices)
    if form.validate_on_submit():
        with form.showing_errors():
            body, language = form.body.data or "", form.language.data
            submissions.submit(
                current_user.id,
                form.key,
                payload=("post", body, language or ""),
                create=lambda: services.create_post(current_user.id, body, language).id,
                exists=lambda post_id: queries.post(post_id) is not None,
            )
            db.session.commit()
            form.note_saved()
            flash(_("Your post was published."), "success")
            return redirect(url_for("timelines.home"))
    return render_template("posts/create.html", form=form), form.status


@bp.get("/posts/<id:post_id>")
@login_required
def show(post_id: int) -> ResponseReturnValue:
    post = queries.post(post_id) or abort(404)
    return render_template("posts/show.html", post=post)


@bp.post("/posts/<id:post_id>/delete")
@login_required
@asks_first
def delete(post_id: int) -> ResponseReturnValue:
    with contextlib.suppress(NotFound):  # a second click
        services.delete_post(post_id, by=current_user)
    db.session.commit()
    home, target = url_for("timelines.home"), destination()
    is_list = target == request.form.get("next") != url_for("posts.show", post_id=post_id)
    if not is_list:
        return removal.removed(_("Post deleted."), home)
    if not is_from_script():
        rendering.mark_gone(post_id)
    return removal.removed(_("Post deleted."), target, removal.anchor_of("post", post_id))
