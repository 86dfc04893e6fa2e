"""Error responses: a page, or JSON under /api and for scripts."""

import functools
from collections.abc import Callable

from flask import Flask, Response, current_app, jsonify, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm.exc import ObjectDeletedError, StaleDataError
from werkzeug.exceptions import HTTPException, ServiceUnavailable
from werkzeug.exceptions import NotFound as PageNotFound
from werkzeug.http import HTTP_STATUS_CODES

from app import outages
from app.database import roll_back
from app.exceptions import DomainError, Gone, Invalid, KeyReused, NotAllowed, NotFound, Unavailable, UnsupportedType
from app.i18n import locales
from app.web import resubmission
from app.web.origin import is_from_here, refusal

# Any other DomainError: 400.
STATUS = {NotAllowed: 403, NotFound: 404, Gone: 410, UnsupportedType: 415, KeyReused: 422, Unavailable: 503}

VANISHED = (ObjectDeletedError, StaleDataError)  # what SQLAlchemy raises when the row of an object is gone

# Heading and advice; other codes have those of 400 or, from 500 on, of 500.
TEXTS = {
    400: (_l("Bad request"), _l("Go back, check what you entered and try again.")),
    401: (_l("Authentication required"), _l("Sign in to see this page.")),
    403: (_l("Not allowed"), _l("You don't have permission to do that.")),
    404: (_l("Page not found"), _l("Check the address. The page may have been deleted.")),
    405: (_l("Method not allowed"), _l("Use the buttons on the page instead of the address bar.")),
    413: (_l("Request too large"), _l("Send less at once.")),
    415: (_l("Unsupported media type"), _l("Send JSON, with the header Content-Type: application/json.")),
    429: (_l("Too many requests"), _l("Wait a moment, then try again.")),
    500: (_l("Something went wrong"), _l("The error has been logged. Try again later.")),
    503: (_l("Temporarily unavailable"), _l("The database is not responding. Try again in a moment.")),
}
# Advice for clients of the API, which have no page to go back to.
API_ADVICE = {
    400: _l("The request is not valid. See /api/docs."),
    401: _l("Send a valid API token or, to get one, a username and password."),
    404: _l("Nothing was found at this address, or you don't have access to it."),
    405: _l("This address does not accept that method. The Allow header lists those it accepts."),
}

NO_SCHEMA = _l("The database's schema is missing or outdated. To create or upgrade it, run: flask db upgrade")
TRY_AGAIN = _l("Check what you entered and submit it again.")  # instead of "Go back" where it stands on the page


def init_app(app: Flask) -> None:
    """Answer every error in the form and the language of the reader."""
    app.register_error_handler(HTTPException, answer)
    app.register_error_handler(CSRFError, answer_csrf)
    app.register_error_handler(DomainError, answer_domain_error)
    for vanished in VANISHED:
        app.register_error_handler(vanished, answer_vanished)
    for error in (ProgrammingError, *outages.DATABASE_ERRORS):  # the first also for a missing table
        app.register_error_handler(error, answer_database_error)


def wants_json() -> bool:
    """Whether errors are JSON: under /api and for scripts of our pages, whatever Accept says (curl sends `*/*`)."""
    return is_api() or is_from_script()


def is_api() -> bool:
    """Whether the address belongs to the API."""
    return request.path == "/api" or request.path.startswith("/api/")


def is_from_script() -> bool:
    """Whether a script of our pages asks. It says so in a header: browsers mark fetches over HTTPS alone."""
    return request.headers.get("X-Requested-With") == "fetch"


def answer(error: HTTPException, message: str | LazyString | None = None) -> Response:
    """`error` as a page or as `{"error": …, "message": …}`, with its own headers (Allow, Retry-After).

    The page returns what was typed into a form, to be submitted again.
    """
    response = current_app.make_response(error.get_response())
    if response.status_code >= 500:
        roll_back()
        with (
            locales.force_browser_locale()
        ):  # no context processors either: they would ask the database who is signed in
            _write(response, current_app.jinja_env.get_template("errors/failure.html").render, message)
    else:
        _write(response, functools.partial(render_template, "errors/error.html"), message)
    return response


def _write(response: Response, render: Callable[..., str], message: str | LazyString | None) -> None:
    code = response.status_code
    heading, advice = TEXTS.get(code, TEXTS[400 if code < 500 else 500])
    if is_api():
        advice = API_ADVICE.get(code, advice)
    advice = str(message or advice)
    if wants_json():
        response.data = jsonify(error=HTTP_STATUS_CODES.get(code, "Unknown"), message=advice).get_data()
        response.content_type = "application/json"
    else:
        typed = resubmission.typed_fields()
        if typed and not message and code == 400:
            advice = str(TRY_AGAIN)
        response.data = render(code=code, heading=heading, advice=advice, typed=typed)
        response.content_type = "text/html; charset=utf-8"
        if typed:
            response.cache_control.no_store = True


def answer_csrf(error: CSRFError) -> Response:
    """The response to a form with a bad CSRF token, most often from a page older than the session. Nothing was written.

    The page returns the form with a new token, even if the user typed nothing.
    """
    if is_from_script():  # what was typed still stands in its page
        return answer(error, _("This page has expired. Reload it and try again."))
    if not is_from_here():
        return answer(error, refusal())
    return answer_form(error, refusal())


def answer_form(error: HTTPException, message: str) -> Response:
    """The response to a form whose session has ended: the form itself, and how to sign in."""
    response = current_app.make_response(error.get_response())
    response.data = render_template("errors/stale_form.html", advice=message, typed=resubmission.all_fields())
    response.cache_control.no_store = True
    return response


def answer_domain_error(error: DomainError) -> Response:
    """The response to a broken rule, with the status that HTTP has for it."""
    wrapped = HTTPException(str(error))
    wrapped.code = STATUS.get(type(error), 400)
    # A page shows the message beside the field.
    message = f"{error.field}: {error}" if is_api() and isinstance(error, Invalid) else str(error)
    return answer(wrapped, message)


def answer_vanished(_error: Exception) -> Response:
    """404 if another request has deleted a row that this one has read: as if the other had come first."""
    roll_back()
    return answer(PageNotFound())


def answer_database_error(error: Exception) -> Response:
    """503 while the database is away, busy or without its schema: clients and proxies know that they can try again."""
    if not outages.is_failure(error):
        raise error
    outages.report_database(error)
    return answer(ServiceUnavailable(retry_after=5), NO_SCHEMA if outages.lacks_schema(error) else None)  # seconds
