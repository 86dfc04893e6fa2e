"""Logging: one record per line, as text, or as JSON with LOG_FORMAT=json.

Requests are logged to stdout, everything else to stderr. The query, headers and body of a request are never logged.
"""

import json
import logging
import os
import re
import sys
import threading
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import click
from flask import Flask, g, has_app_context, has_request_context, request
from werkzeug.wsgi import ClosingIterator

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# Keys of the WSGI environment, by which the application tells the server, which logs the request, about it.
REQUEST_ID = "microblog.request_id"
USER_ID = "microblog.user_id"

# In JSON, the fields have the same names.
REQUEST = (
    '%(address)s "%(method)s %(path)s %(protocol)s" %(status)s %(bytes)s bytes %(duration_ms)s ms '
    "%(request_id)s user %(user_id)s"
)

# Colours of a terminal, and all characters that some program takes for the end of a line or to move the cursor. "\n" is
# kept: the next line is indented.
COLOURS = re.compile(r"\x1b\[[\d;]*m")
CONTROLS = re.compile("[\0-\t\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


class Text(logging.Formatter):
    """Formats a record as a line of text; further lines are indented, so that input cannot forge a record."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as text, without its time, which the container engine adds."""
        if (fields := _request_fields(record)) is not None:
            text = REQUEST % {name: "-" if value is None else value for name, value in fields.items()}
        else:
            request = f" [{request_id}]" if (request_id := _request_id()) else ""
            text = COLOURS.sub("", f"{record.levelname} {record.name}{request}: {super().format(record).rstrip()}")
        return CONTROLS.sub(lambda found: ascii(found[0])[1:-1], text).replace("\n", "\n    ")


class Json(logging.Formatter):
    """Formats a record as a JSON object on one line of ASCII."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as JSON. Unknown fields of a request are null, as `user_id` without a user."""
        fields: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
        }
        if (request_fields := _request_fields(record)) is not None:
            return json.dumps(fields | request_fields)
        fields["message"] = COLOURS.sub("", record.getMessage()).rstrip()
        if request_id := _request_id():
            fields["request_id"] = request_id
        if record.exc_info and record.exc_info[0]:
            fields["exception"] = self.formatException(record.exc_info)
        return json.dumps(fields)


def formatter() -> logging.Formatter:
    """Return the formatter for LOG_FORMAT; text if it is invalid, which config.py reports."""
    return Json() if os.environ.get("LOG_FORMAT") == "json" else Text()


def configure() -> None:
    """Set up logging for this process, unless it is set up already."""
    handler = logging.StreamHandler()
    handler.setFormatter(formatter())
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    for verbose in ("huey", "alembic.runtime.plugins"):
        logging.getLogger(verbose).setLevel(logging.WARNING)
    logging.captureWarnings(True)
    sys.excepthook = _log_uncaught
    threading.excepthook = lambda args: _log_uncaught(
        args.exc_type, args.exc_value or args.exc_type(), args.exc_traceback
    )


def tell(message: str, level: int = logging.ERROR) -> None:
    """Print a message on stderr for the user of a command; as JSON with LOG_FORMAT=json."""
    if isinstance(json_formatter := formatter(), Json):
        message = json_formatter.format(logging.LogRecord("microblog", level, "", 0, message, None, None))
    else:
        message = f"microblog: {message}"
    click.echo(message, err=True)


def log_request(
    logger: logging.Logger, environ: "WSGIEnvironment", status: str | int, size: int | None, seconds: float
) -> None:
    """Log the request of `environ`, whose response had `status` and `size` bytes and took `seconds`."""
    fields = {
        "address": environ.get("REMOTE_ADDR"),
        "method": environ.get("REQUEST_METHOD"),
        # The path quoted again: decoded, "%0a" would end the line; the raw URI can contain a password before the host.
        "path": quote(environ.get("PATH_INFO", ""), encoding="latin-1"),
        "protocol": environ.get("SERVER_PROTOCOL"),
        "status": int(str(status)[:3]),
        "bytes": size,
        "duration_ms": round(seconds * 1000, 1),
        "request_id": environ.get(REQUEST_ID),
        "user_id": environ.get(USER_ID),
    }
    logger.info(REQUEST, fields)


def init_app(app: Flask) -> None:
    """Log the requests of Flask's development server; those of gunicorn are logged by gunicorn_conf.py."""
    if app.config["DEV"]:
        app.wsgi_app = RequestLog(app.wsgi_app)  # type: ignore[method-assign]  # as Flask documents
        logging.getLogger("werkzeug").addFilter(_is_no_request)  # its lines contain the query


class RequestLog:
    """A WSGI middleware that logs requests."""

    def __init__(self, wsgi_app: "WSGIApplication"):
        self._wsgi_app = wsgi_app
        self._log = logging.getLogger("microblog.access")
        self._log.setLevel(logging.INFO)
        self._log.propagate = False
        handler = logging.StreamHandler(sys.stdout)
        handler.setFormatter(formatter())
        self._log.handlers = [handler]

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Call the application, and log the request when the response has been sent."""
        began = time.perf_counter()
        status, size = "500", None

        def note(response_status: str, headers: list[tuple[str, str]], *exc_info: Any) -> Any:
            nonlocal status, size
            status, size = response_status, dict(headers).get("Content-Length")
            return start_response(response_status, headers, *exc_info)

        def log() -> None:
            log_request(self._log, environ, status, int(size) if size else None, time.perf_counter() - began)

        return ClosingIterator(self._wsgi_app(environ, note), log)


def _request_fields(record: logging.LogRecord) -> dict[str, Any] | None:
    """Return the fields of a record by log_request, None for any other."""
    return dict(record.args) if record.msg is REQUEST and isinstance(record.args, dict) else None


def _is_no_request(record: logging.LogRecord) -> bool:
    return " - - [" not in str(record.msg)


def client_address() -> str:
    """Return the address that the current request comes from; "-" if it is unknown, or without a request."""
    return (request.remote_addr if has_request_context() else None) or "-"


def _request_id() -> str | None:
    return g.get("request_id") if has_app_context() else None


def _log_uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
    else:
        logging.getLogger("microblog").critical("uncaught exception:", exc_info=(kind, error, trace))
