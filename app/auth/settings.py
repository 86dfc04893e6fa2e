"""Pages of an account's settings."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_login import current_user, login_required

from app.auth import proofs, queries, services, sessions
from app.auth.forms import ChangeAddressForm, ChangePasswordForm, ConfirmForm, TokenForm
from app.database import db
from app.exceptions import Invalid
from app.jobs import call_later
from app.users.services import change_address
from app.web import rate_limits
from app.web.forms import form_view

bp = Blueprint("settings", __name__, url_prefix="/settings")


@bp.get("")
@login_required
def index():
    return render_template("auth/settings.html")


@bp.route("/password", methods=["GET", "POST"])
@login_required
@rate_limits.passwords
@form_view
def password():
    user = sessions.account()
    form = ChangePasswordForm()
    if form.validate_on_submit():
        try:
            services.change_password(user, form.password.data, form.new_password.data)
        except Invalid as error:
            form.show(error)
        else:
            db.session.commit()
            sessions.go_on(user)
            flash(_("Your password is changed. You are logged out everywhere else."), "success")
            return redirect(url_for("settings.index"))
    return render_template(
        "auth/form.html", form=form, title=_("Change your password"), action=_("Change it")
    ), form.status


@bp.route("/address", methods=["GET", "POST"])
@login_required
@rate_limits.addresses
@rate_limits.passwords
@form_view
def address():
    user = sessions.account()
    form = ChangeAddressForm()
    if form.validate_on_submit():
        try:
            services.ask_for_address(user, form.email.data, form.password.data)
        except Invalid as error:
            form.show(error)
        else:
            call_later("app.auth.mails:confirm_address", user.id, form.email.data, str(get_locale()))
            flash(
                _("A link is on its way to %(email)s. Open it to change your address.", email=form.email.data), "info"
            )
            return redirect(url_for("settings.index"))
    return render_template(
        "auth/form.html",
        form=form,
        title=_("Change your e-mail address"),
        advice=_("Now it is %(email)s.", email=user.email),
        action=_("Send a link to the new address"),
    ), form.status


@bp.route("/confirm_address", methods=["GET", "POST"])
@form_view
def confirm_address():
    """For whoever opens the link of the mail, logged in or not: that they read the mail is what counts."""
    proof = proofs.read(proofs.ADDRESS, request.args.get("token", ""))
    if proof is None:
        flash(_("This link is too old, or was used already. Ask for another one."), "warning")
        return redirect(url_for("settings.address"))
    user, claims = proof
    form = ConfirmForm()
    if form.validate_on_submit():
        try:
            former = change_address(user, claims["email"])
        except Invalid as error:
            form.form_errors.append(str(error))
        else:
            db.session.commit()
            call_later("app.auth.mails:address_changed", user.id, former, str(get_locale()))
            flash(_("Your e-mail address is changed."), "success")
            return redirect(url_for("settings.index"))
    return render_template(
        "auth/form.html",
        form=form,
        title=_("Confirm your e-mail address"),
        advice=_("%(email)s becomes the address of @%(username)s.", email=claims["email"], username=user.username),
        action=_("Confirm"),
    ), form.status


@bp.route("/tokens", methods=["GET", "POST"])
@login_required
@rate_limits.limited("30 per hour")
@form_view
def tokens():
    form = TokenForm()
    if form.validate_on_submit():
        token, _kept = services.issue_token(sessions.account(), form.name.data)
        db.session.commit()
        # Not in a message of the session, which is a cookie: this page alone shows it.
        return _tokens_page(TokenForm(formdata=None), token), 201, {"Cache-Control": "no-store"}
    return _tokens_page(form), form.status


def _tokens_page(form, token=None):
    return render_template("auth/tokens.html", form=form, token=token, tokens=queries.tokens_of(current_user.id))


@bp.post("/tokens/<id:token_id>/revoke")
@login_required
def revoke_token(token_id):
    services.revoke_token(current_user.id, token_id)
    db.session.commit()
    flash(_("The token is revoked."), "success")
    return redirect(url_for("settings.tokens"))


@bp.post("/log_out_everywhere")
@login_required
def log_out_everywhere():
    user = sessions.account()
    services.renew_session_id(user)
    db.session.commit()
    sessions.go_on(user)
    flash(_("You are logged out everywhere else."), "success")
    return redirect(url_for("settings.index"))
