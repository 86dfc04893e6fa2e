"""The page where users delete their accounts."""

from datetime import datetime

from flask import Blueprint, flash, has_request_context, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import login_required

from app.auth import repeats, sessions
from app.auth import services as auth
from app.database import db
from app.deletion import services
from app.deletion.forms import DeleteAccountForm
from app.i18n.locales import format_moment
from app.users.models import User
from app.web import rate_limits
from app.web.errors import is_api
from app.web.forms import form_view

bp = Blueprint("deletion", __name__, url_prefix="/settings")


def _deletion_requested(due_at: datetime) -> ResponseReturnValue:
    date = format_moment(due_at)
    flash(_("Your account will be deleted on %(date)s. Sign in before then to keep it.", date=date), "info")
    return redirect(url_for("auth.login"))


def _deletion_was_requested() -> ResponseReturnValue | None:
    """Answer a second click, whose session the first one has ended."""
    user = repeats.user_of(DeleteAccountForm())
    due_at = services.due_at(user.id) if user else None
    return _deletion_requested(due_at) if due_at else None


@bp.route("/delete", methods=["GET", "POST"])
@repeats.leads_to(_deletion_was_requested)
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
            repeats.record(user, form)
            sessions.end()
            db.session.commit()
            return _deletion_requested(due_at)
    return render_template("deletion/delete.html", form=form, user=user), form.status


def restore(user: User) -> None:
    """Keep the account of a user who signs in."""
    if services.cancel(user.id) and has_request_context() and not is_api():
        flash(_("Your account will not be deleted."), "success")
