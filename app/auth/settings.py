"""Pages of an account's settings."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user, login_required

from app.auth import services, sessions
from app.auth.forms import ChangePasswordForm
from app.database import db
from app.exceptions import Invalid
from app.forms import form_view
from app.limits import limited, was_refused

bp = Blueprint("settings", __name__, url_prefix="/settings")


@bp.get("")
@login_required
def index():
    return render_template("auth/settings.html")


@bp.route("/password", methods=["GET", "POST"])
@login_required
@limited("10 per minute; 60 per hour", when=was_refused)
@form_view
def password():
    form = ChangePasswordForm()
    if form.validate_on_submit():
        try:
            services.change_password(current_user, form.password.data, form.new_password.data)
        except Invalid as error:
            form.show(error)
        else:
            db.session.commit()
            sessions.go_on()
            flash(_("Your password is changed. You are logged out everywhere else."), "success")
            return redirect(url_for("settings.index"))
    return render_template(
        "auth/form.html", form=form, title=_("Change your password"), action=_("Change it")
    ), form.status


@bp.post("/log_out_everywhere")
@login_required
def log_out_everywhere():
    services.renew_session_id(current_user)
    db.session.commit()
    sessions.go_on()
    flash(_("You are logged out everywhere else."), "success")
    return redirect(url_for("settings.index"))
