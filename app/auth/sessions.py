"""The session of whoever sits at this browser."""

from flask import abort, current_app, flash, redirect, request, session, url_for
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


def init_app(app):
    """Tell Flask-Login who is who, and what those see who are not logged in."""
    login.init_app(app)
    # A session isn't bound to an address: those of schools, phones and proxies change while people read.
    login.session_protection = None
    login.user_loader(load)
    login.unauthorized_handler(ask_to_log_in)


def load(session_id: str) -> SessionUser | None:
    """The user whose session this is, or None; marks them as seen."""
    user = user_of_session(session_id)
    if user is not None:
        note_user(user.id)
        services.note_presence(user)
    return user


def account() -> User:
    """The account of whoever is logged in, of which `current_user` is but what every page shows."""
    return db.session.get(User, current_user.id) or abort(401)


def start(user: User, remember: bool = False) -> None:
    """Begin the person's session on nothing that stood there before, so that nobody else holds a part of it."""
    _forget()
    login_user(user, remember=remember)
    note_user(user.id)


def go_on(user: User) -> None:
    """Begin the session anew for the same person, remembered if it was, after all of theirs were ended."""
    start(user, remember=current_app.config["REMEMBER_COOKIE_NAME"] in request.cookies)


def end() -> None:
    """End the session at this browser; others of the same person go on."""
    _forget()
    logout_user()


def _forget():
    language = session.get("lang")
    session.clear()
    if language:
        session["lang"] = language


def ask_to_log_in():
    """Lead to the login page and from there back to the page that was asked for, or that held the form.

    A script, which would take the login page for its answer, gets a 401.
    """
    if is_from_script():
        return answer(Unauthorized(), _("You are no longer logged in. Load this page again to log in."))
    shown = request.script_root + request.full_path.rstrip("?")
    page = shown if request.method in ("GET", "HEAD") else path_of(request.referrer)
    if shown != url_for("timelines.home"):  # where everybody begins, who need not be told
        flash(_("Please log in to see this page."), "info")
    return redirect(url_for("auth.login", next=page))
