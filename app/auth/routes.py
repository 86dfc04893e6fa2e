"""Pages of signing in."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_login import current_user

from app.auth import proofs, services, sessions
from app.auth.destination import destination
from app.auth.forms import LoginForm, RegisterForm, ResetPasswordForm, ResetRequestForm
from app.database import db
from app.exceptions import Invalid
from app.jobs import call_later
from app.web.forms import form_view
from app.web.rate_limits import limited, typed, was_refused

bp = Blueprint("auth", __name__, url_prefix="/auth")


@bp.route("/login", methods=["GET", "POST"])
@limited("10 per minute; 60 per hour", typed("username"), "200 per minute; 2000 per hour", when=was_refused)
@form_view
def login():
    if current_user.is_authenticated:
        return redirect(destination())
    form = LoginForm()
    if form.validate_on_submit():
        user = services.authenticate(form.username.data, form.password.data)
        if user:
            sessions.start(user, remember=form.remember_me.data)
            return redirect(destination())
        form.form_errors.append(_("Wrong username or password."))
    return render_template("auth/login.html", form=form), form.status


@bp.route("/register", methods=["GET", "POST"])
@limited("20 per hour", typed("email"), "500 per hour")
@form_view
def register():
    if current_user.is_authenticated:
        return redirect(destination())
    form = RegisterForm()
    if form.validate_on_submit():
        try:
            user = services.register(form.username.data, form.email.data, form.password.data)
        except Invalid as error:
            form.show(error)
        else:
            db.session.commit()
            sessions.start(user)
            flash(_("Welcome, %(name)s!", name=user.username), "success")
            return redirect(destination())
    return render_template("auth/register.html", form=form), form.status


@bp.route("/reset_password_request", methods=["GET", "POST"])
@limited("5 per hour", typed("email"), "200 per hour")
@form_view
def reset_password_request():
    form = ResetRequestForm()
    if form.validate_on_submit():
        # Whether somebody has the address is asked by the worker: the answer and its time are the same.
        call_later("app.auth.mails:reset_password", form.email.data, str(get_locale()))
        flash(_("If there is an account with this address, a link is on its way to it."), "info")
        return redirect(url_for("auth.login"))
    return render_template(
        "auth/form.html",
        form=form,
        title=_("Forgot your password?"),
        advice=_("We send a link by mail to set a new one."),
        action=_("Send the link"),
    ), form.status


@bp.route("/reset_password", methods=["GET", "POST"])
@form_view
def reset_password():
    proof = proofs.read(proofs.RESET, request.args.get("token", ""))
    if proof is None:
        flash(_("This link is too old, or was used already. Ask for another one."), "warning")
        return redirect(url_for("auth.reset_password_request"))
    user, _claims = proof
    form = ResetPasswordForm()
    if form.validate_on_submit():
        services.set_password(user, form.new_password.data)
        db.session.commit()
        flash(_("Your new password is set. Log in with it."), "success")
        return redirect(url_for("auth.login"))
    return render_template("auth/form.html", form=form, title=_("Set a new password"), action=_("Set it")), form.status


@bp.post("/logout")
def logout():
    sessions.end()
    return redirect(url_for("auth.login"))
