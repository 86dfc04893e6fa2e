"""The application factory."""

import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from flask import Flask, Request, Response
from werkzeug.exceptions import BadHost
from werkzeug.routing import MapAdapter

from app import compiled_select, database, logs, outages
from app.extensions import bootstrap, csrf
from app.i18n import locales
from app.ops import alerts, health, secret_key
from app.settings import ConfigError
from app.web import bodies, errors, fragment_cache, hooks, rate_limits, templating, theme, well_known

if TYPE_CHECKING:
    from config import Config

T = TypeVar("T")

WORKER_BOOT_ERROR = 3  # of gunicorn.arbiter


class Microblog(Flask):
    """Flask, with a secret key that is created on first use, so that importing the application writes no file."""

    @property
    def secret_key(self) -> str:  # type: ignore[override]  # Flask's is an attribute
        """SECRET_KEY, or the key stored beside the SQLite database. Raises ConfigError and OSError."""
        if self.config["SECRET_KEY"] is None:
            self.config["SECRET_KEY"] = secret_key.secret_key_beside(self.config["SQLALCHEMY_DATABASE_URI"])
        key: str = self.config["SECRET_KEY"]
        return key

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """Read a host that has no IDNA form, such as `a..b`, as empty, as Werkzeug does other invalid ones.

        Without an adapter not even an error page could be made; app/web/hooks.py refuses an empty host.
        """
        try:
            return super().create_url_adapter(request)
        except BadHost:
            if request is None:
                raise
            request.environ["HTTP_HOST"] = ""
            return super().create_url_adapter(request)

    def handle_exception(self, e: Exception) -> Response:
        """Answer 503 if the database fails where Flask calls no error handler: in one, or after the view."""
        if outages.is_failure(e):
            return self.finalize_request(errors.answer_database_error(e), from_error_handler=True)
        return super().handle_exception(e)


def create_bare_app(config: "Config | None" = None) -> Microblog:
    """Create an application with settings and database only, in half the time of `create_app`."""
    from config import Config  # it imports app.settings, so not at the top

    app = Microblog(__name__)
    app.config.from_object(config or Config())
    database.init_app(app)
    return app


def create_app(config: "Config | None" = None) -> Microblog:
    """Create the application from `config`, by default from the environment. Raises ConfigError."""
    app = create_bare_app(config)
    compiled_select.init_app(app)
    bootstrap.init_app(app)
    hooks.init_app(app)  # first: it sets the request's id and checks the request
    bodies.init_app(app)
    csrf.init_app(app)
    errors.init_app(app)
    alerts.init_app(app)
    rate_limits.init_app(app)
    locales.init_app(app)
    theme.init_app(app)
    well_known.init_app(app)
    templating.init_app(app)
    fragment_cache.init_app(app)
    health.init_app(app)
    logs.init_app(app)
    register_features(app)

    if os.environ.get("FLASK_RUN_FROM_CLI"):  # set by the flask command; importing Alembic takes 90 ms
        from app.ops import cli

        cli.init_app(app)
    return app


def start() -> Microblog:
    """Set up logging and create the application; if a setting is invalid, print it and exit with status 78."""
    return load(create_app)


def load(create: Callable[[], T]) -> T:
    """Do as `start` with another function, such as `create_bare_app` or `Config`; return its result.

    In a worker of gunicorn without preloading, the status is gunicorn's own: with another one, it would replace the
    worker again and again.
    """
    logs.configure()
    try:
        return create()
    except ConfigError as error:
        logs.tell(str(error))
        sys.exit(WORKER_BOOT_ERROR if "gunicorn" in os.environ.get("SERVER_SOFTWARE", "") else error.exit_code)


def register_features(app: Flask) -> None:
    """Initialize all features, lower ones first."""
    from app import (
        api,
        auth,
        deletion,
        export,
        jobs,
        languages,
        mail,
        messages,
        notifications,
        posts,
        profiles,
        relationships,
        search,
        timelines,
        translation,
        users,
    )

    for feature in (
        users,
        notifications,
        messages,
        mail,
        auth,
        relationships,
        languages,
        posts,
        timelines,
        profiles,
        search,
        translation,
        export,
        deletion,
        api,
        jobs,  # last: in DEV it starts the worker, which knows the kinds of jobs that are registered by then
    ):
        feature.init_app(app)
