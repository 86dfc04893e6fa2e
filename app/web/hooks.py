"""What happens before and after every request."""

import re
import secrets
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from flask import Flask, Response, current_app, g, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from flask_babel import gettext as _
from itsdangerous import URLSafeTimedSerializer
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map

from app.database import LARGEST_ID, id_of
from app.exceptions import Unreadable
from app.logs import REQUEST_ID, USER_ID
from app.signing import ClockTolerantSigner

# Everything comes from this host; nothing is inline. Bootstrap's style sheet has its small icons as data: images.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
HSTS = "max-age=31536000"  # seconds: a year
VALID_REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")


class Sessions(SecureCookieSessionInterface):
    """Flask's sessions in cookies, except in responses that caches may share, and for replicas whose clocks differ."""

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """Return Flask's serializer with our signer."""
        serializer = super().get_signing_serializer(app)
        if serializer:
            serializer.signer = ClockTolerantSigner
        return serializer

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Leave public responses alone: with `Vary: Cookie`, every session would fetch every picture again."""
        if not is_public(response):
            super().save_session(app, session, response)


class IdConverter(IntegerConverter):
    """`<id:post_id>` in a rule: the id of a row. A number too large for a column is read as the largest."""

    def __init__(self, map: Map, *args: Any, **kwargs: Any):
        super().__init__(map, *args, **(kwargs | {"max": LARGEST_ID}))

    def to_python(self, value: str) -> int:
        """The id. Refusing it would answer "Method not allowed" where the path has another method."""
        return id_of(value)


def init_app(app: Flask) -> None:
    """Check what comes in and mark what goes out."""
    if trusted := app.config["TRUSTED_PROXIES"]:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=trusted, x_proto=trusted)  # type: ignore[method-assign]
    app.url_map.converters["id"] = IdConverter
    app.session_interface = Sessions()
    app.before_request(set_request_id)
    app.before_request(refuse_host)
    app.after_request(set_headers)
    app.after_request(make_redirect_relative)
    app.after_request(forbid_storing)


def set_request_id() -> None:
    """Keep the id that a proxy gave the request, so that both logs can be matched, or make one."""
    given = request.headers.get("X-Request-ID", "")
    request_id = given if VALID_REQUEST_ID.fullmatch(given) else secrets.token_hex(16)
    g.request_id = request.environ[REQUEST_ID] = request_id


def note_user(user_id: int) -> None:
    """Record the user for the log. Anonymous endpoints skip this, saving a query."""
    request.environ[USER_ID] = user_id


def noted_user() -> int | None:
    """The id that `note_user` has recorded."""
    user_id: int | None = request.environ.get(USER_ID)
    return user_id


def refuse_host() -> None:
    """Refuse a Host header that is no host name. Werkzeug reads it as empty: links would lack it. Raises Unreadable.

    Probes pass: they build no link, and the name of a container may have an underscore.
    """
    if not request.host and "Host" in request.headers and request.blueprint != "health":
        raise Unreadable(_("The host name in the address is not valid. Use letters, digits, hyphens and dots."))


def set_headers(response: Response) -> Response:
    """Add the request's id and the security headers."""
    response.headers.extend({"X-Request-ID": g.get("request_id", "-"), **HEADERS})
    if current_app.config["SESSION_COOKIE_SECURE"]:
        response.headers["Strict-Transport-Security"] = HSTS
    return response


def make_redirect_relative(response: Response) -> Response:
    """Leave the scheme and host out of redirects within the site.

    Werkzeug puts them into its own, such as from `//explore` to `/explore`. Behind a proxy that TRUSTED_PROXIES does
    not count they would lead from https to http.
    """
    if response.location:
        target = urlsplit(response.location)
        if target.netloc == request.host and not target.path.startswith("//"):  # "//name" would be another host
            response.location = urlunsplit(("", "", target.path or "/", target.query, target.fragment))
    return response


def forbid_storing(response: Response) -> Response:
    """Keep the responses that a user gets out of every cache: after signing out, "Back" must not show them."""
    if noted_user() is not None and not is_public(response):
        response.headers["Cache-Control"] = "no-store"
    return response


def is_public(response: Response) -> bool:
    """Return whether caches may share the response."""
    return "public" in response.headers.get("Cache-Control", "")
