"""Pages of account settings."""

import contextlib

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user, login_required

from app.auth import attempts, proofs, queries, repeats, services, sessions
from app.auth.forms import ChangeAddressForm, ChangePasswordForm, ConfirmForm, TokenForm
from app.database import db
from app.exceptions import Invalid, NotAllowed, NotFound
from app.pagination import NEWEST, Key, key_from, paginate
from app.users import passwords
from app.users.models import User
from app.web import rate_limits, removal
from app.web.forms import form_view, new_form_key, submitted_key
from app.web.questions import asks_first

TOKENS_PER_PAGE = 25

bp = Blueprint("settings", __name__, url_prefix="/settings")


@bp.get("")
@login_required
def index() -> ResponseReturnValue:
    devices = queries.sessions_of(current_user.id)
    return render_template(
        "auth/settings.html",
        user=sessions.account(),
        devices=devices,
        has_others=len(devices) > 1 or bool(queries.tokens_of(current_user.id, limit=1)),
        form_key=new_form_key(),
    )


def _password_changed(user: User) -> ResponseReturnValue:
    sessions.restart(user)
    db.session.commit()
    flash(_("Your password was changed, and you were signed out of all other devices."), "success")
    return redirect(url_for("settings.index"))


def _password_was_changed() -> ResponseReturnValue | None:
    """Answer a second click, whose session the first one has ended. If its answer arrived, there is a new session."""
    form = ChangePasswordForm()
    user = repeats.user_of(form)
    if user is None:
        return None
    attempts.count_repeated_change(user)
    if not passwords.matches(form.new_password.data or "", user.password_hash):
        return None
    if form.validate():  # the CSRF token is of the former session
        return _password_changed(user)
    is_own = current_user.is_authenticated and current_user.id == user.id
    return redirect(url_for("settings.index")) if is_own else None


@bp.route("/password", methods=["GET", "POST"])
@repeats.leads_to(_password_was_changed)
@login_required
@rate_limits.passwords
@form_view(ChangePasswordForm)
def password() -> ResponseReturnValue:
    user = sessions.account()
    form = ChangePasswordForm()
    if form.validate_on_submit():
        with form.showing_errors():
            services.change_password(
                user, form.password.data, form.new_password.data or "", form.new_password2.data or ""
            )
            repeats.record(user, form)
            return _password_changed(user)
    return render_template(
        "auth/form.html",
        form=form,
        title=_("Change your password"),
        action=_("Change password"),
        username=user.username,
    ), form.status


@bp.route("/address", methods=["GET", "POST"])
@login_required
@rate_limits.addresses
@rate_limits.passwords
@form_view(ChangeAddressForm)
def address() -> ResponseReturnValue:
    user = sessions.account()
    form = ChangeAddressForm()
    if form.validate_on_submit():
        with form.showing_errors():
            email = services.request_email_change(user, form.email.data or "", form.password.data, form.key)
            attempts.request_confirmation(email)
            db.session.commit()
            flash(_("A link is on its way to %(email)s. Open it to confirm the change.", email=email), "info")
            return redirect(url_for("settings.index"))
    return render_template(
        "auth/form.html",
        form=form,
        title=_("Change your email address"),
        advice=_("Your current address is %(email)s.", email=user.email),
        action=_("Send confirmation link"),
        username=user.username,
    ), form.status


@bp.post("/address/confirmation")
@login_required
@rate_limits.addresses
def send_confirmation() -> ResponseReturnValue:
    user = sessions.account()
    if not user.email_confirmed:
        attempts.request_confirmation(user.email)
        services.request_confirmation(user, submitted_key())
        db.session.commit()
        flash(_("A link is on its way to %(email)s. Open it to confirm your address.", email=user.email), "info")
    return redirect(url_for("settings.index"))


@bp.route("/confirm_address", methods=["GET", "POST"])
@form_view(ConfirmForm)
def confirm_address() -> ResponseReturnValue:
    """Needs no sign-in: the link proves that the user reads the mail of the address."""
    proof = proofs.read(proofs.ADDRESS, request.args.get("token", ""))
    form = ConfirmForm()
    if proof is None:
        return _answer_used_link(form)
    user, claims = proof
    if form.validate_on_submit():
        changes = services.is_new_email(user, claims["email"])
        try:
            services.confirm_email(user, claims["email"])
        except Invalid as error:  # the form has no field for it
            form.refuse(str(error))
        except NotAllowed:  # another request was first
            db.session.rollback()
            return _answer_used_link(form)
        else:
            repeats.record(user, form)
            db.session.commit()
            flash(_("Your email address was changed.") if changes else _("Your email address is confirmed."), "success")
            return _show_settings()
    return render_template(
        "auth/form.html",
        form=form,
        title=_("Confirm your email address"),
        advice=_("Use %(email)s for the account @%(username)s?", email=claims["email"], username=user.username),
        action=_("Confirm"),
    ), form.status


def _answer_used_link(form: ConfirmForm) -> ResponseReturnValue:
    if form.validate_on_submit() and repeats.user_of(form):  # a link that leaves the address as it is can be used again
        flash(_("Your email address was changed."), "success")
        return _show_settings()
    flash(_("This link has expired or was already used. Request a new one."), "warning")
    return redirect(url_for("settings.index"))  # where either kind of link is requested


def _show_settings() -> ResponseReturnValue:
    """Redirect to the settings, or a signed-out user to the sign-in page, without asking them to sign in."""
    page = url_for("settings.index")
    return redirect(page if current_user.is_authenticated else url_for("auth.login", next=page))


@bp.route("/tokens", methods=["GET", "POST"])
@login_required
@rate_limits.limited("30 per hour")
@form_view(TokenForm)
def tokens() -> ResponseReturnValue:
    form = TokenForm()
    if form.validate_on_submit():
        with form.showing_errors():
            token = services.issue_token_once(sessions.account(), form.name.data or "", form.key)
            db.session.commit()
            # Shown on this page alone; a flashed message would store it in the session cookie.
            return _tokens_page(TokenForm(formdata=None), NEWEST, token), 201
    return _tokens_page(form, key_from(request.args)), form.status


def _tokens_page(form: TokenForm, key: Key, token: str | None = None) -> str:
    page = paginate(lambda key, limit: queries.tokens_of(current_user.id, key, limit), key, TOKENS_PER_PAGE)
    return render_template("auth/tokens.html", form=form, token=token, page=page)


@bp.post("/tokens/<id:token_id>/revoke")
@login_required
@asks_first
def revoke_token(token_id: int) -> ResponseReturnValue:
    ids = [token.id for token in queries.tokens_of(current_user.id)]
    with contextlib.suppress(NotFound):  # a second click
        services.revoke_token(current_user.id, token_id)
    db.session.commit()
    anchor = removal.anchor_of("token", removal.neighbour(ids, token_id))
    return removal.removed(_("Token revoked."), url_for("settings.tokens"), anchor)


@bp.post("/devices/<id:session_id>/sign_out")
@login_required
def sign_out_device(session_id: int) -> ResponseReturnValue:
    ids = [device.id for device in queries.sessions_of(current_user.id)]
    if session_id == current_user.session_id:
        sessions.end()
    else:
        with contextlib.suppress(NotFound):  # a second click
            services.end_session(current_user.id, session_id)
    db.session.commit()
    anchor = removal.anchor_of("device", removal.neighbour(ids, session_id))
    return removal.removed(_("The device was signed out."), url_for("settings.index"), anchor)


@bp.post("/log_out_everywhere")
@login_required
@asks_first
def log_out_everywhere() -> ResponseReturnValue:
    services.end_sessions(current_user.id, keep=current_user.session_id)
    db.session.commit()
    flash(_("You were signed out of all other devices."), "success")
    return redirect(url_for("settings.index"))
