"""Errors as people and programs see them: a page, or JSON under /api and for scripts."""

import functools
import logging
from urllib.parse import urlsplit

from flask import current_app, jsonify, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.exceptions import HTTPException, ServiceUnavailable
from werkzeug.http import HTTP_STATUS_CODES

from app.database import db
from app.exceptions import DomainError, Invalid, NotAllowed, NotFound, Unavailable
from app.i18n import locales
from app.web.forms import STALE

log = logging.getLogger(__name__)

STATUS = {NotAllowed: 403, NotFound: 404, Unavailable: 503}  # any other DomainError: 400

# Heading and advice of each page; other codes use 400's or, from 500 on, 500's.
TEXTS = {
    400: (_l("Bad request"), _l("Go back, check what you entered and try again.")),
    401: (_l("Authentication required"), _l("Send a valid API token or, to get one, a username and password.")),
    403: (_l("Not allowed"), _l("You don't have permission to do that.")),
    404: (_l("Page not found"), _l("Check the address. The page may have been deleted.")),
    405: (_l("Method not allowed"), _l("Use the buttons on the page instead of the address bar.")),
    413: (_l("Request too large"), _l("Send less at once.")),
    415: (_l("Unsupported media type"), _l("Send JSON, with the header Content-Type: application/json.")),
    429: (_l("Too many requests"), _l("Wait a moment, then try again.")),
    500: (_l("Something went wrong"), _l("The error has been logged. Try again later.")),
    503: (_l("Temporarily unavailable"), _l("The database is not responding. Try again in a moment.")),
}


def init_app(app):
    """Answer every error in the reader's form and language."""
    app.register_error_handler(HTTPException, answer)
    app.register_error_handler(CSRFError, answer_csrf)
    app.register_error_handler(DomainError, answer_domain_error)
    for away in (OperationalError, InterfaceError, PoolTimeoutError):
        app.register_error_handler(away, answer_database_away)


def wants_json() -> bool:
    """Under /api errors are JSON, and to a script of ours; elsewhere they are pages, whatever Accept says.

    (curl's `*/*` means neither.)
    """
    return is_api() or is_from_script()


def is_api() -> bool:
    """Whether the address is one for programs."""
    return request.path == "/api" or request.path.startswith("/api/")


def is_from_script() -> bool:
    """Whether a script of our pages asks: they say so, since browsers mark what they fetch on HTTPS alone."""
    return request.headers.get("X-Requested-With") == "fetch"


def answer(error: HTTPException, message: str | None = None):
    """`error` as a page or as `{"error": …, "message": …}`; its own headers (Allow, Retry-After) are kept."""
    response = error.get_response()
    if error.code >= 500:
        db.session.rollback()
        with locales.without_person():  # nor do Flask's context processors run: who is it?, they ask the database
            _write(response, current_app.jinja_env.get_template("errors/failure.html").render, message)
    else:
        _write(response, functools.partial(render_template, "errors/error.html"), message)
    return response


def _write(response, render, message):
    code = response.status_code
    heading, advice = TEXTS.get(code, TEXTS[400 if code < 500 else 500])
    advice = message or str(advice)
    if wants_json():
        response.data = jsonify(error=HTTP_STATUS_CODES.get(code, "Unknown"), message=advice).get_data()
        response.content_type = "application/json"
    else:
        response.data = render(code=code, heading=heading, advice=advice)
        response.content_type = "text/html; charset=utf-8"


def answer_csrf(error: CSRFError):
    """A form without a good token, because its page is older than the session: nothing was written.

    The page gives back what was typed, with a new token, to send it again. Not to a form that stood on another site:
    whoever wrote that one must not have their words put in the person's mouth.
    """
    if is_from_script():  # what was typed still stands in its page
        return answer(error, _("This page has expired. Reload it and try again."))
    if not _is_from_here():
        return answer(error, str(STALE))
    typed = [(name, value) for name, value in request.form.items(multi=True) if _may_be_shown(name) and value]
    response = error.get_response()
    response.data = render_template("errors/stale_form.html", advice=STALE, typed=typed)
    return response


def _is_from_here() -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site:
        return site == "same-origin"
    return urlsplit(request.headers.get("Origin", "")).netloc == request.host


def _may_be_shown(name: str) -> bool:
    return name != "csrf_token" and "password" not in name


def answer_domain_error(error: DomainError):
    """The rule that was broken, in the status that HTTP has for it."""
    wrapped = HTTPException(str(error))
    wrapped.code = STATUS.get(type(error), 400)
    named = is_api() and isinstance(error, Invalid)  # a page shows it beside the field
    return answer(wrapped, f"{error.field}: {error}" if named else str(error))


def answer_database_away(error: OperationalError | InterfaceError | PoolTimeoutError):
    """The database is away or busy: 503, which tells clients and proxies that later is worth a try."""
    log.error("database: %s", getattr(error, "orig", error))
    return answer(ServiceUnavailable(retry_after=5))  # seconds
