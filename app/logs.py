"""What a process says, a record a line: text, or JSON with LOG_FORMAT=json.

Requests go to stdout, all else to stderr. A line never holds what was sent: no query, no header, no body.
"""

import json
import logging
import os
import re
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import quote

import click
from flask import g, has_app_context
from werkzeug.wsgi import ClosingIterator

# How the request's own values come from the application to the server, which alone knows how long it took.
REQUEST_ID = "microblog.request_id"
USER_ID = "microblog.user_id"

# The fields in JSON are of the same names.
REQUEST = (
    '%(address)s "%(method)s %(path)s %(protocol)s" %(status)s %(bytes)s bytes %(duration_ms)s ms '
    "%(request_id)s user %(user_id)s"
)

# A terminal's colours, and what would end a line or take it back, as different programs see it. "\n" is indented.
COLOURS = re.compile(r"\x1b\[[\d;]*m")
CONTROLS = re.compile("[\0-\t\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


class Text(logging.Formatter):
    """One line, or indented ones below it: nothing that a stranger sent can look like a record of its own."""

    def format(self, record):
        """The record as text. Its time is left to the engine that keeps the log."""
        if record.msg is REQUEST:
            text = REQUEST % {name: "-" if value is None else value for name, value in record.args.items()}
        else:
            request = f" [{request_id}]" if (request_id := _request_id()) else ""
            text = COLOURS.sub("", f"{record.levelname} {record.name}{request}: {super().format(record).rstrip()}")
        return CONTROLS.sub(lambda found: ascii(found[0])[1:-1], text).replace("\n", "\n    ")


class Json(logging.Formatter):
    """An object on one line, its characters beyond ASCII escaped."""

    def format(self, record):
        """The record as JSON; of a request, what is not known (`user_id`: nobody) is null."""
        fields = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
        }
        if record.msg is REQUEST:
            return json.dumps(fields | record.args)
        fields["message"] = COLOURS.sub("", record.getMessage()).rstrip()
        if request_id := _request_id():
            fields["request_id"] = request_id
        if record.exc_info and record.exc_info[0]:
            fields["exception"] = self.formatException(record.exc_info)
        return json.dumps(fields)


def formatter() -> logging.Formatter:
    """What LOG_FORMAT asks for; config.py refuses a wrong one, and says so in text."""
    return Json() if os.environ.get("LOG_FORMAT") == "json" else Text()


def configure() -> None:
    """Set up the logging of this process, unless whoever started it has."""
    handler = logging.StreamHandler()
    handler.setFormatter(formatter())
    logging.basicConfig(level=logging.INFO, handlers=[handler])
    for chatty in ("huey", "alembic.runtime.plugins"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    logging.captureWarnings(True)
    sys.excepthook = _log_uncaught
    threading.excepthook = lambda args: _log_uncaught(args.exc_type, args.exc_value, args.exc_traceback)


def tell(message: str, level: int = logging.ERROR) -> None:
    """Say a line on stderr to whoever runs a command or starts a process."""
    if isinstance(shape := formatter(), Json):
        message = shape.format(logging.LogRecord("microblog", level, "", 0, message, None, None))
    else:
        message = f"microblog: {message}"
    click.echo(message, err=True)


def log_request(logger: logging.Logger, environ: dict, status: str | int, size: int | None, seconds: float) -> None:
    """Log the request of `environ`, answered with `status` and `size` bytes."""
    fields = {
        "address": environ.get("REMOTE_ADDR"),
        "method": environ.get("REQUEST_METHOD"),
        # Quoted again: decoded, "%0a" would end the line; as it came, it may hold a password before the host.
        "path": quote(environ.get("PATH_INFO", ""), encoding="latin-1"),
        "protocol": environ.get("SERVER_PROTOCOL"),
        "status": int(str(status)[:3]),
        "bytes": size,
        "duration_ms": round(seconds * 1000, 1),
        "request_id": environ.get(REQUEST_ID),
        "user_id": environ.get(USER_ID),
    }
    logger.info(REQUEST, fields)


def init_app(app):
    """Log the requests of Flask's own server, which serves in DEV; gunicorn's are logged by its settings."""
    if app.config["DEV"]:
        app.wsgi_app = RequestLog(app.wsgi_app)
        logging.getLogger("werkzeug").addFilter(_is_no_request)  # with the query


class RequestLog:
    """A WSGI application whose requests are logged."""

    def __init__(self, wsgi_app: Callable):
        self._wsgi_app = wsgi_app
        self._log = logging.getLogger("microblog.access")
        self._log.setLevel(logging.INFO)
        self._log.propagate = False
        handler = logging.StreamHandler(sys.stdout)
        handler.setFormatter(formatter())
        self._log.handlers = [handler]

    def __call__(self, environ, start_response):
        began = time.perf_counter()
        answer = {"status": 500, "size": None}

        def note(status, headers, exc_info=None):
            answer.update(status=status, size=dict(headers).get("Content-Length"))
            return start_response(status, headers, exc_info)

        def log():
            size = answer["size"] and int(answer["size"])
            log_request(self._log, environ, answer["status"], size, time.perf_counter() - began)

        return ClosingIterator(self._wsgi_app(environ, note), log)


def _is_no_request(record) -> bool:
    return " - - [" not in str(record.msg)


def _request_id() -> str | None:
    return g.get("request_id") if has_app_context() else None


def _log_uncaught(kind, error, trace):
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
    else:
        logging.getLogger("microblog").critical("this was not expected:", exc_info=(kind, error, trace))
