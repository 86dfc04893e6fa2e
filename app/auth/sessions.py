"""The session of whoever sits at this browser."""

from flask import abort, current_app, flash, redirect, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user, login_user, logout_user

from app.auth import services
from app.auth.destination import path_of
from app.auth.queries import user_of_session
from app.errors import wants_json
from app.extensions import login
from app.users.models import User


def init_app(app):
    """Tell Flask-Login who is who, and what those see who are not logged in."""
    login.init_app(app)
    # A session isn't bound to an address: those of schools, phones and proxies change while people read.
    login.session_protection = None
    login.user_loader(load)
    login.unauthorized_handler(ask_to_log_in)


def load(session_id: str) -> User | None:
    """The person whose session this is; they were seen now."""
    user = user_of_session(session_id)
    if user is not None:
        services.note_presence(user)
    return user


def start(user: User, remember: bool = False) -> None:
    """Begin the person's session on nothing that stood there before, so that nobody else holds a part of it."""
    _forget()
    login_user(user, remember=remember)


def go_on() -> None:
    """Begin the session anew for the same person, remembered if it was, after all of theirs were ended."""
    user = current_user._get_current_object()  # the proxy would stand for itself
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
    """Lead to the login page and from there back to the page that was asked for, or that held the form."""
    if wants_json():
        abort(401)
    page = request.full_path.rstrip("?") if request.method in ("GET", "HEAD") else path_of(request.referrer)
    if request.path != url_for("timelines.home"):  # where everybody begins, who need not be told
        flash(_("Please log in to see this page."), "info")
    return redirect(url_for("auth.login", next=page))
