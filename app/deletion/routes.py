"""The page where users delete their accounts."""

from flask import Blueprint, flash, has_request_context, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import login_required

from app.auth import services as auth
from app.auth import sessions
from app.database import db
from app.deletion import services
from app.deletion.forms import DeleteAccountForm
from app.i18n.locales import format_moment
from app.users.models import User
from app.web import rate_limits
from app.web.errors import is_api
from app.web.forms import form_view

bp = Blueprint("deletion", __name__, url_prefix="/settings")


@bp.route("/delete", methods=["GET", "POST"])
@login_required
@rate_limits.passwords
@form_view(DeleteAccountForm)
def delete() -> ResponseReturnValue:
    user = sessions.account()
    form = DeleteAccountForm()
    if form.validate_on_submit():
        with form.showing_errors():
            auth.check_password(user, form.password.data or "")
            due_at = services.request_deletion(user)
            sessions.end()
            db.session.commit()
            date = format_moment(due_at)
            flash(_("Your account will be deleted on %(date)s. Sign in before then to keep it.", date=date), "info")
            return redirect(url_for("auth.login"))
    return render_template("deletion/delete.html", form=form, user=user), form.status


def restore(user: User) -> None:
    """Keep the account of a user who signs in."""
    if services.cancel(user.id) and has_request_context() and not is_api():
        flash(_("Your account will not be deleted."), "success")
