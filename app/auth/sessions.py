"""The session of the user who is signed in at this browser."""

from flask import Flask, abort, current_app, flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user, login_user, logout_user
from werkzeug.exceptions import Unauthorized

from app.auth import known_browsers, services
from app.auth.destination import destination, path_of
from app.auth.forms import LoginForm
from app.auth.queries import SessionUser, user_of_session
from app.database import db
from app.extensions import login
from app.users.models import User
from app.web import resubmission
from app.web.errors import answer, answer_form, is_from_script
from app.web.hooks import note_user
from app.web.origin import is_from_here


def init_app(app: Flask) -> None:
    """Tell Flask-Login how to load users, and what to answer without a session."""
    login.init_app(app)
    # Don't bind sessions to IP addresses: those of schools, phones and proxies change while users read.
    login.session_protection = None
    login.user_loader(load)
    login.unauthorized_handler(ask_to_sign_in)


def load(session_id: str) -> SessionUser | None:
    """Return the user of a session, or None, and note that they were seen."""
    user = user_of_session(session_id)
    if user is not None:
        note_user(user.id)
        services.note_presence(user)
    return user


def account() -> User:
    """Return the whole account of the user who is signed in; `current_user` holds only what every page shows."""
    return db.session.get(User, current_user.id) or abort(401)


def start(user: User, remember: bool = False) -> None:
    """Sign the user in. Discards the former session, which may have been planted (session fixation)."""
    _clear()
    login_user(user, remember=remember)
    known_browsers.remember(user)
    note_user(user.id)


def restart(user: User) -> None:
    """Sign the user in again after all their sessions were ended, remembered if this one was."""
    start(user, remember=current_app.config["REMEMBER_COOKIE_NAME"] in request.cookies)


def end() -> None:
    """Sign out at this browser; other sessions of the user go on."""
    _clear()
    logout_user()


def _clear() -> None:
    """Clear the session, except for the language that was chosen."""
    language = session.get("lang")
    session.clear()
    g.pop("csrf_token", None)  # Flask-WTF caches the token of the session for the request
    if language:
        session["lang"] = language


def ask_to_sign_in() -> ResponseReturnValue:
    """Redirect to the sign-in page, and from there back to the page that was requested or that held the form.

    A form with text gets the sign-in form, which keeps the text and returns it after the sign-in. A script gets a 401:
    it would take the sign-in page for its answer.
    """
    if is_from_script():
        return answer(Unauthorized(), _("You've been signed out. Reload this page to sign in again."))
    requested = request.script_root + request.full_path.rstrip("?")
    page = requested if request.method in ("GET", "HEAD") else path_of(request.referrer)
    if kept := resubmission.seal():
        if len(kept) > resubmission.KEPT_LIMIT:
            return answer_form(Unauthorized(), _("Sign in, then submit the form again."))
        form = LoginForm(formdata=None, kept=kept)
        return render_template("auth/login.html", form=form, action=url_for("auth.login", next=page)), 401
    if requested != url_for("timelines.home"):  # no reason to explain it to a newcomer
        flash(_("Sign in to see this page."), "info")
    return redirect(url_for("auth.login", next=page))


def resume(kept: str | None) -> ResponseReturnValue:
    """After the sign-in: the form that was sent without a session, to be submitted again, or else a redirect."""
    form = resubmission.unseal(kept) if is_from_here() else None
    if form is None:
        return redirect(destination())
    login_user(load(session["_user_id"]))  # with what every page shows of the user
    address, typed = form
    return render_template("auth/resume.html", action=address, typed=typed)
