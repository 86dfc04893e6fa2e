"""The session of the user who is signed in at this browser."""

import contextlib
from typing import Any

from flask import Flask, abort, current_app, flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import UserMixin, current_user, login_user, logout_user
from werkzeug.exceptions import Unauthorized

from app.auth import known_browsers, presence, services
from app.auth.forms import LoginForm
from app.auth.queries import SessionUser, user_of_session
from app.auth.signals import signed_in
from app.database import db
from app.exceptions import NotFound
from app.extensions import login
from app.users.models import User
from app.web import resubmission
from app.web.destination import destination, path_of, this_page
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


class SigningIn(UserMixin):
    """`current_user` until the end of the request that signs in: a SessionUser, and the token for the cookies."""

    def __init__(self, user: SessionUser, token: str):
        self._user, self._token = user, token

    def __getattr__(self, name: str) -> Any:
        return getattr(self._user, name)

    def get_id(self) -> str:
        """Return what Flask-Login puts into the cookies: not the user's own id, but the token of the session."""
        return self._token


def load(token: str) -> SessionUser | None:
    """Return the user of a session, or None, and note that they were seen."""
    user = user_of_session(token)
    if user is not None:
        note_user(user.id)
        presence.note_presence(user)
        presence.note_device(user.session_id, user.session_seen_at)
    return user


def account() -> User:
    """Return the whole account of the user who is signed in; `current_user` holds only what every page shows."""
    return db.session.get(User, current_user.id) or abort(401)


def start(user: User, remember: bool = False) -> None:
    """Sign the user in; the caller commits. Raises NotAllowed if the account was changed at the same moment.

    Discards the former session, which may have been planted (session fixation).
    """
    token = services.start_session(user, request.user_agent.string, remember)
    signing_in = SigningIn(user_of_session(token) or abort(401), token)
    _clear()
    login_user(signing_in, remember=remember, duration=services.REMEMBERED_VALID)
    known_browsers.remember(user)
    note_user(user.id)
    signed_in.send(user)


def restart(user: User) -> None:
    """Sign the user in again after all their sessions were ended, remembered if this one was. The caller commits."""
    start(user, remember=current_app.config["REMEMBER_COOKIE_NAME"] in request.cookies)


def end() -> None:
    """Sign out of this browser; the caller commits. Copies of its cookies stop working."""
    if current_user.is_authenticated:
        with contextlib.suppress(NotFound):  # another request ended it first
            services.end_session(current_user.id, current_user.session_id)
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
    requested = this_page()
    page = requested if request.method in ("GET", "HEAD") else path_of(request.referrer)
    if kept := resubmission.seal():
        if len(kept) > resubmission.KEPT_LIMIT:
            return answer_form(Unauthorized(), _("Sign in, then submit the form again."))
        form = LoginForm(formdata=None, kept=kept)
        html = render_template("auth/login.html", form=form, action=url_for("auth.login", next=page))
        return html, 401, {"Cache-Control": "no-store"}
    if requested != url_for("timelines.home"):  # no reason to explain it to a newcomer
        flash(_("Sign in to see this page."), "info")
    return redirect(url_for("auth.login", next=page))


def resume(kept: str | None) -> ResponseReturnValue:
    """Return the response after a sign-in: the form that was sent without a session, or else a redirect."""
    form = resubmission.unseal(kept) if is_from_here() else None
    if form is None:
        return redirect(destination())
    address, typed = form
    return render_template("auth/resume.html", action=address, typed=typed)
