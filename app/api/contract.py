"""What the API's resources share: who asks, what is wrong with what they sent, and how that is described."""

import functools

from flask import g, jsonify, request
from flask_smorest import Api, Blueprint
from marshmallow import EXCLUDE
from webargs.flaskparser import FlaskParser
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Unauthorized, UnsupportedMediaType

from app.api.schemas import Error
from app.auth.queries import owner_of_token
from app.auth.services import note_presence
from app.exceptions import Malformed
from app.web.hooks import note_user
from app.web.rate_limits import api_requests

REALM = {"realm": "Microblog"}


class Contract(Api):
    """flask-smorest's Api, whose errors are answered as all others are (app/web/errors.py)."""

    ERROR_SCHEMA = Error
    DEFAULT_ERROR_RESPONSE_NAME = None  # "any other" would promise nothing: each answer is named

    def __init__(self, app):
        self._resources = []
        super().__init__(app)
        self.spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
        self.spec.components.security_scheme("password", {"type": "http", "scheme": "basic"})

    def _register_error_handlers(self):
        pass

    def register_blueprint(self, blp, **options):
        """Add the resource's routes. Describing it waits for the first who asks: a server must be up before that."""
        self._app.extensions["flask-smorest"]["blp_name_to_api"][blp.name] = self
        self._app.register_blueprint(blp, **options)
        self._resources.append(blp)

    @functools.cached_property
    def description(self) -> dict:
        """The OpenAPI document."""
        for resource in self._resources:
            resource.register_views_in_doc(self, self._app, self.spec, name=resource.name, parameters=None)
            self.spec.tag({"name": resource.name, "description": resource.description})
        return self.spec.to_dict()

    def _openapi_json(self):
        return jsonify(self.description)


class Parser(FlaskParser):
    """Reads what was sent; a fault is answered 400 and names the field, a body that is no JSON 415."""

    DEFAULT_VALIDATION_STATUS = 400
    # Whoever sends back what they read, links and counts included, changes only what can be changed.
    DEFAULT_UNKNOWN_BY_LOCATION = {"json": EXCLUDE, "query": EXCLUDE}  # noqa: RUF012

    def load_json(self, req, schema):
        """The body as JSON."""
        if req.content_length and not req.is_json:
            raise UnsupportedMediaType()
        return super().load_json(req, schema)

    def handle_error(self, error, req, schema, *, error_status_code, error_headers):
        """Raise Malformed with what is wrong, by field."""
        [faults] = error.messages_dict.values()  # of the one place that was read
        raise Malformed(faults if isinstance(faults, dict) else {"body": faults})


class Resource(Blueprint):
    """A part of the API."""

    ARGUMENTS_PARSER = Parser()

    def arguments(self, schema, *, location="json", **options):
        """Give the view what was sent, read by `schema`; see flask-smorest."""
        # Made here, or it would be made for each request.
        read = super().arguments(schema(), location=location, **options)
        if location != "json":
            return read
        return lambda view: self.alt_response(415, schema=Error)(read(view))

    def needs_token(self, view):
        """Let only those in who send a valid token; `g.caller` is whose it is."""
        limited = api_requests(view)

        @functools.wraps(view)
        def ask(*args, **kwargs):
            g.caller = _bearer()
            note_user(g.caller.id)
            note_presence(g.caller)
            return limited(*args, **kwargs)

        described = self.doc(security=[{"token": []}])(ask)
        return self.alt_response(401, schema=Error)(self.alt_response(429, schema=Error)(described))


def _bearer():
    given = request.authorization
    person = owner_of_token(given.token) if given and given.type == "bearer" and given.token else None
    if person is None:
        raise Unauthorized(www_authenticate=WWWAuthenticate("bearer", REALM))
    return person
