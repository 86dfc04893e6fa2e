"""Pages of sign-in, registration and password reset."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app.auth import attempts, known_browsers, links, proofs, repeats, services, sessions
from app.auth.forms import LoginForm, RegisterForm, ResetPasswordForm, ResetRequestForm
from app.database import db
from app.exceptions import NotAllowed
from app.extensions import csrf
from app.users import email_addresses
from app.web.destination import destination
from app.web.forms import form_view
from app.web.rate_limits import registrations

bp = Blueprint("auth", __name__, url_prefix="/auth")


@bp.route("/login", methods=["GET", "POST"])
@form_view(LoginForm)
def login() -> ResponseReturnValue:
    form = LoginForm()
    if current_user.is_authenticated:
        return sessions.resume(form.kept.data)
    if form.validate_on_submit():
        user = attempts.authenticate(form.username.data or "", form.password.data or "")
        if user:
            sessions.start(user, remember=form.remember_me.data)
            db.session.commit()
            return sessions.resume(form.kept.data)
        form.refuse(_("Wrong username or password."), "username", "password")
    elif form.errors:
        attempts.count_refused(attempts.PASSWORDS)
    return render_template("auth/login.html", form=form), form.status


@bp.route("/register", methods=["GET", "POST"])
@registrations
@form_view(RegisterForm)
def register() -> ResponseReturnValue:
    if current_user.is_authenticated:
        return redirect(destination())
    form = RegisterForm()
    if form.validate_on_submit():
        attempts.register(form.email.data or "")
        with form.showing_errors():
            user = services.register(
                form.username.data or "",
                form.email.data or "",
                form.password.data or "",
                form.key,
                form.password2.data or "",
            )
            sessions.start(user)
            db.session.commit()
            flash(_("Welcome, %(name)s!", name=user.username), "success")
            flash(_("A link is on its way to %(email)s. Open it to confirm your address.", email=user.email), "info")
            return redirect(destination())
    return render_template("auth/register.html", form=form), form.status


@bp.route("/reset_password_request", methods=["GET", "POST"])
@form_view(ResetRequestForm)
def reset_password_request() -> ResponseReturnValue:
    form = ResetRequestForm()
    if form.validate_on_submit():
        with form.showing_errors():
            email = email_addresses.email(form.email.data or "")
            # The worker looks the account up, so that neither the answer nor its time reveals who has one.
            if attempts.request_reset(email):
                links.request_reset(email, form.key)
                db.session.commit()
            flash(_("If an account has this email address, a link is on its way. Check your inbox."), "info")
            return redirect(url_for("auth.login"))
    if form.errors:
        attempts.count_refused(attempts.RESETS)
    return render_template(
        "auth/form.html",
        form=form,
        title=_("Reset your password"),
        advice=_("We'll email you a link to set a new password."),
        action=_("Send link"),
    ), form.status


@bp.route("/reset_password", methods=["GET", "POST"])
@form_view(ResetPasswordForm)
def reset_password() -> ResponseReturnValue:
    proof = proofs.read(proofs.RESET, request.args.get("token", ""))
    form = ResetPasswordForm()
    if proof is None:
        return _answer_used_link(form)
    user, _claims = proof
    if form.validate_on_submit():
        with form.showing_errors():
            try:
                services.reset_password(user, form.new_password.data or "", form.new_password2.data or "")
            except NotAllowed:  # another request was first
                db.session.rollback()
                return _answer_used_link(form)
            repeats.record(user, form)
            db.session.commit()
            known_browsers.remember(user)
            return _ask_for_new_password()
    return render_template(
        "auth/form.html",
        form=form,
        title=_("Set a new password"),
        action=_("Set password"),
        username=user.username,
    ), form.status


def _ask_for_new_password() -> ResponseReturnValue:
    flash(_("Your password was changed. Sign in with the new one."), "success")
    return redirect(url_for("auth.login"))


def _answer_used_link(form: ResetPasswordForm) -> ResponseReturnValue:
    if form.validate_on_submit() and repeats.user_of(form):
        return _ask_for_new_password()
    flash(_("This link has expired or was already used. Request a new one."), "warning")
    return redirect(url_for("auth.reset_password_request"))


@bp.post("/logout")
@csrf.exempt  # checked below: a second click has the token of the session that the first one ended
def logout() -> ResponseReturnValue:
    if current_user.is_authenticated:
        csrf.protect()
        sessions.end()
        db.session.commit()
    return redirect(url_for("auth.login"))
