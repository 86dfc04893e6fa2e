"""Requests by method, route and status, and how long they take."""

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask, has_request_context, request
from prometheus_client import Counter, Histogram

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# Clients choose methods and paths, and each combination of labels takes memory for good.
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
OTHER_METHOD = "other"
NO_ROUTE = "none"

REQUESTS = Counter("microblog_http_requests", "Requests, by method, route and status.", ("method", "route", "status"))
DURATION = Histogram(
    "microblog_http_request_duration_seconds",
    "Time until the response begins, by method and route.",
    ("method", "route"),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)


def init_app(app: Flask) -> None:
    """Measure the requests to `app`."""
    app.wsgi_app = Measured(app.wsgi_app)  # type: ignore[method-assign]  # as Flask documents


class Measured:
    """A WSGI middleware around Flask's application."""

    def __init__(self, wsgi_app: "WSGIApplication"):
        self._wsgi_app = wsgi_app

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Call the application; measure until it starts the response, when Flask still has the request."""
        began = time.perf_counter()

        def start(status: str, headers: list[tuple[str, str]], *exc_info: Any) -> Any:
            labels = _method(environ["REQUEST_METHOD"]), _route()
            REQUESTS.labels(*labels, status[:3]).inc()
            DURATION.labels(*labels).observe(time.perf_counter() - began)
            return start_response(status, headers, *exc_info)

        return self._wsgi_app(environ, start)


def _method(name: str) -> str:
    return name if name in METHODS else OTHER_METHOD


def _route() -> str:
    """Return the rule of the route, such as "/user/<username>", never the path."""
    rule = request.url_rule if has_request_context() else None
    return rule.rule if rule else NO_ROUTE
