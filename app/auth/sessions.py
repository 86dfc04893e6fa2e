"""The session of the user who is signed in at this browser."""

from flask import Flask, abort, current_app, flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user, login_user, logout_user
from werkzeug.exceptions import Unauthorized

from app.auth import services
from app.auth.destination import path_of
from app.auth.queries import SessionUser, user_of_session
from app.database import db
from app.extensions import login
from app.users.models import User
from app.web.errors import answer, is_from_script
from app.web.hooks import note_user


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
    if language:
        session["lang"] = language


def ask_to_sign_in() -> ResponseReturnValue:
    """Redirect to the sign-in page, and from there back to the page that was requested or that held the form.

    A script gets a 401: it would take the sign-in page for its answer.
    """
    if is_from_script():
        return answer(Unauthorized(), _("You've been signed out. Reload this page to sign in again."))
    requested = request.script_root + request.full_path.rstrip("?")
    page = requested if request.method in ("GET", "HEAD") else path_of(request.referrer)
    if requested != url_for("timelines.home"):  # no reason to explain it to a newcomer
        flash(_("Sign in to see this page."), "info")
    return redirect(url_for("auth.login", next=page))
