"""Where a form came from, and why its CSRF token was refused."""

from flask import current_app, request
from flask_babel import gettext as _
from flask_login import current_user
from itsdangerous import BadData, URLSafeTimedSerializer


def is_from_here() -> bool:
    """Whether a page of this site sent the form: another site must not put words into the user's mouth.

    A client that sends neither header must send a token of ours. No current browser leaves out both.
    """
    if site := request.headers.get("Sec-Fetch-Site"):
        return site == "same-origin"
    if origin := request.headers.get("Origin"):
        return origin.partition("://")[2] == request.host  # "null" has no host
    return _has_own_token()


def refusal() -> str:
    """Why the CSRF token was refused, and what to do, for the user.

    A token of ours without the cookie that was set with it means that the browser keeps none. Secure cookies are never
    sent over HTTP. A signed-in user is told their account: the page may be from another one's session, which the
    token does not name.
    """
    reason: str = _("This page has expired and nothing was saved. Check what you entered and submit it again.")
    if current_user.is_authenticated:
        reason = _(
            "This page has expired and nothing was saved. "
            "You are signed in as @%(username)s: check what you entered and submit it again.",
            username=current_user.username,
        )
    elif current_app.config["SESSION_COOKIE_NAME"] not in request.cookies:
        if current_app.config["SESSION_COOKIE_SECURE"] and not _is_encrypted():
            url = current_app.config["SITE_URL"]
            reason = _("Nothing was saved: this site works over HTTPS only. Open it at %(url)s and try again.", url=url)
        elif _has_own_token():
            reason = _("Nothing was saved: your browser sent no cookie. Allow cookies for this site and submit again.")
    return reason


def _is_encrypted() -> bool:
    """Whether the browser uses HTTPS. Behind a proxy that is not trusted, only the browser's own headers tell."""
    return request.is_secure or (request.headers.get("Origin") or request.referrer or "").startswith("https:")


def _has_own_token() -> bool:
    """Whether this site signed the CSRF token, for this session or for another one."""
    key = current_app.secret_key
    try:
        # As Flask-WTF signs it; its own check also compares the session.
        URLSafeTimedSerializer(str(key), salt="wtf-csrf-token").loads(request.form.get("csrf_token", ""))
    except BadData:
        return False
    return True
