"""What the API's resources share: authentication, the errors of what was sent, and their description."""

import base64
import binascii
import functools
import logging
from collections.abc import Callable
from typing import Any, NoReturn

from flask import Flask, Request, Response, abort, g, request
from flask_smorest import Api, Blueprint
from marshmallow import EXCLUDE, Schema, ValidationError, missing
from webargs.flaskparser import FlaskParser
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import HTTPException, Unauthorized

from app.api.inputs import IdempotencyKey
from app.api.schemas import Error
from app.auth import attempts
from app.auth.presence import note_presence
from app.auth.queries import TokenOwner, owner_of_token
from app.exceptions import Malformed
from app.logs import client_address
from app.users.models import User
from app.users.queries import by_id
from app.web import errors
from app.web.hooks import note_user
from app.web.rate_limits import api_requests

log = logging.getLogger(__name__)

# Challenges, whose parameters are given as they are sent: Werkzeug leaves out the quotes that RFC 9110, section 11.5,
# requires of a realm. The charset asks clients to encode passwords in UTF-8 (RFC 7617, section 2.1).
TOKEN_CHALLENGE = WWWAuthenticate("bearer", None, 'realm="Microblog"')
PASSWORD_CHALLENGE = WWWAuthenticate("basic", None, 'realm="Microblog", charset="UTF-8"')

View = Callable[..., Any]


class Contract(Api):
    """flask-smorest's Api, with the error responses of the whole site (app/web/errors.py)."""

    ERROR_SCHEMA = Error
    DEFAULT_ERROR_RESPONSE_NAME = None  # each view names its error responses

    def __init__(self, app: Flask):
        super().__init__(app)
        self.spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
        self.spec.components.security_scheme("password", {"type": "http", "scheme": "basic"})

    def handle_http_exception(self, error: HTTPException) -> Response:
        """The response to an HTTP error, anywhere on the site: flask-smorest registers this as its handler."""
        return errors.answer(error)


class Parser(FlaskParser):
    """Reads what was sent: 400 names the wrong field, a body that is not JSON is 415."""

    DEFAULT_VALIDATION_STATUS = 400
    # A client may send back what it has read, links and counts included: only what can be changed is.
    DEFAULT_UNKNOWN_BY_LOCATION = {"json": EXCLUDE, "query": EXCLUDE, "headers": EXCLUDE}  # noqa: RUF012

    def load_json(self, req: Request, schema: Schema) -> Any:
        """The body as JSON, or `missing` if it is empty. Raises UnsupportedMediaType, Unreadable."""
        return req.get_json() if req.get_data() else missing

    def handle_error(
        self, error: ValidationError, req: Request, schema: Schema, *, error_status_code: Any, error_headers: Any
    ) -> NoReturn:
        """Raise Malformed with the faults by field."""
        [faults] = error.messages_dict.values()  # of the one place that was read
        raise Malformed(faults if isinstance(faults, dict) else {"body": faults})


class Resource(Blueprint):
    """A part of the API."""

    ARGUMENTS_PARSER = Parser()

    @staticmethod
    def _make_doc_response_schema(schema: Schema | None) -> type[Schema] | None:
        """Describe a response by its class: every decorator copies the description, of an instance all its fields."""
        return type(schema) if schema else None

    def arguments(self, schema: type[Schema], *, location: str = "json", **options: Any) -> Callable[[View], View]:
        """Pass what was sent, read by `schema`, to the view; see flask-smorest."""
        # An instance: of a class, one would be made for each request.
        read: Callable[[View], View] = super().arguments(schema(), location=location, **options)
        if location != "json":
            return read
        return lambda view: self.alt_response(415, schema=Error)(read(view))

    def repeatable(self, view: View) -> View:
        """Pass the key of the header Idempotency-Key, "" without one, to the view as its argument `key`."""

        @functools.wraps(view)
        def pass_key(*args: Any, **kwargs: Any) -> Any:
            headers, *rest = args
            return view(*rest, key=headers["key"], **kwargs)

        described = self.arguments(IdempotencyKey, location="headers")(pass_key)
        described = self.alt_response(410, schema=Error)(self.alt_response(422, schema=Error)(described))
        return described  # type: ignore[no-any-return]

    def needs_token(self, view: View) -> View:
        """Require a valid token; `g.caller` is its owner, a TokenOwner."""
        limited = api_requests(view)

        @functools.wraps(view)
        def authenticate(*args: Any, **kwargs: Any) -> Any:
            g.caller = _bearer()
            note_user(g.caller.id)
            note_presence(g.caller)
            return limited(*args, **kwargs)

        return self._secured(authenticate, "token")

    def needs_password(self, view: View) -> View:
        """Require a username, or an email address, and its password; `g.caller` is its owner, a User."""

        @functools.wraps(view)
        def authenticate(*args: Any, **kwargs: Any) -> Any:
            g.caller = _password_owner()
            note_user(g.caller.id)
            return view(*args, **kwargs)

        return self._secured(authenticate, "password")

    def _secured(self, view: View, scheme: str) -> View:
        """Describe what the view requires, and its answers to those who lack it or ask too often."""
        described = self.doc(security=[{scheme: []}])(view)
        described = self.alt_response(401, schema=Error)(self.alt_response(429, schema=Error)(described))
        return described  # type: ignore[no-any-return]


def check_user(user_id: int) -> None:
    """Answer 404 unless there is a user with that id. Their counts are not read."""
    if by_id(user_id) is None:
        abort(404)


def basic_credentials() -> tuple[str, str] | None:
    """Return the username and the password that were sent, or None if they are missing or malformed.

    RFC 7617 leaves their encoding to the server: ours is UTF-8, as the challenge says. Clients that ignore it, such as
    python-requests, send Latin-1. Text beyond ASCII in Latin-1 is hardly ever valid UTF-8.
    """
    try:
        sent = base64.b64decode(_credentials("basic"), validate=True)
    except (binascii.Error, ValueError):  # ValueError: the header is not ASCII
        return None
    try:
        text = sent.decode()
    except UnicodeDecodeError:
        text = sent.decode("latin-1")
    name, colon, password = text.partition(":")
    return (name, password) if colon else None


def _password_owner() -> User:
    given = basic_credentials()
    if given is None:
        attempts.count_refused(attempts.PASSWORDS)
    user = attempts.authenticate(*given) if given else None
    if user is None:
        raise Unauthorized(www_authenticate=PASSWORD_CHALLENGE)
    return user


def _credentials(scheme: str) -> str:
    """What the Authorization header holds after the scheme; "" if it is missing or names another scheme.

    `request.authorization` fails for a header that is not ASCII.
    """
    given, _space, credentials = request.headers.get("Authorization", "").partition(" ")
    return credentials.strip() if given.lower() == scheme else ""


def _bearer() -> TokenOwner:
    token = _credentials("bearer")
    owner = owner_of_token(token)
    if owner is None:
        if token:
            log.warning("API token refused: unknown, revoked or expired, address %s", client_address())
        raise Unauthorized(www_authenticate=TOKEN_CHALLENGE)
    return owner
