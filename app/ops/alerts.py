"""Mail errors to ADMINS, in English like the log."""

import logging
import threading
import time
from typing import Any

from flask import Flask, g, has_request_context, request

PAUSE = 600  # seconds between mails of one process: frequent errors have one cause


def init_app(app: Flask) -> None:
    """Mail errors of the application and its jobs, if ADMINS and MAIL_SERVER are set."""
    if app.config["ADMINS"] and app.config["MAIL_SERVER"]:
        handler = MailHandler(app)
        for name in (app.name, "huey"):  # huey logs failed jobs
            logging.getLogger(name).addHandler(handler)


class MailHandler(logging.Handler):
    """Mails errors from a background thread, at most one per PAUSE and process.

    It doesn't use the outbox, since the database may be the cause.
    """

    def __init__(self, app: Flask) -> None:
        super().__init__(logging.ERROR)
        self._app = app
        self._quiet_until = 0.0
        self._suppressed = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Mail the record, or count it for the next mail."""
        now = time.monotonic()
        if now < self._quiet_until:
            self._suppressed += 1
            return
        self._quiet_until = now + PAUSE
        title = f"Microblog: error in {record.name}"
        values = {
            "title": title,
            "text": self.format(record),
            "request_line": _describe_request(),
            "suppressed": self._describe_suppressed(),
        }
        self._suppressed = 0
        threading.Thread(target=self._send, args=(title, values), daemon=True).start()

    def _describe_suppressed(self) -> str:
        if not self._suppressed:
            return ""
        more = "One more error" if self._suppressed == 1 else f"{self._suppressed} more errors"
        return f"{more} since the last mail; see the log."

    def _send(self, subject: str, values: dict[str, Any]) -> None:
        from app.mail import failures, transport
        from app.mail.message import Mail, render

        with self._app.app_context():
            for to in self._app.config["ADMINS"]:
                try:
                    transport.send(render(Mail(to, subject, "alert", "en", values)))
                except (OSError, ValueError) as error:
                    # A warning: an error would be mailed too.
                    reason = failures.failure_of(error).reason
                    logging.getLogger(__name__).warning("could not mail %s: %s", to, reason)


def _describe_request() -> str:
    """Return the current request without its query and body, which may hold secrets."""
    if not has_request_context():
        return ""
    return f"{request.method} {request.path}, request {g.get('request_id', '-')}"
