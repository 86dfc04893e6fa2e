"""Mails to ADMINS when something breaks, in English as the log is."""

import logging
import threading
import time

from flask import g, has_request_context, request

PAUSE = 600  # seconds from one mail to the next: what breaks often is one fault, and one mail


def init_app(app):
    """Send what is logged as an error, if there is somebody to send it to and a server to send it by."""
    if app.config["ADMINS"] and app.config["MAIL_SERVER"]:
        handler = MailHandler(app)
        for name in (app.name, "huey"):  # which says what failed in the background
            logging.getLogger(name).addHandler(handler)


class MailHandler(logging.Handler):
    """Mails errors, one in PAUSE from each process, from a thread that nobody waits for.

    Not by the queue of jobs: the database may be what fails.
    """

    def __init__(self, app):
        super().__init__(logging.ERROR)
        self._app = app
        self._quiet_until = 0.0
        self._kept_back = 0

    def emit(self, record):
        """Mail the record, or count it among those that the next mail tells of."""
        now = time.monotonic()
        if now < self._quiet_until:
            self._kept_back += 1
            return
        self._quiet_until = now + PAUSE
        title = f"Microblog: error in {record.name}"
        values = {"title": title, "text": self.format(record), "place": _place(), "others": self._others()}
        self._kept_back = 0
        threading.Thread(target=self._send, args=(title, values), daemon=True).start()

    def _others(self):
        if not self._kept_back:
            return ""
        more = "One more error" if self._kept_back == 1 else f"{self._kept_back} more errors"
        return f"{more} since the last mail; see the log."

    def _send(self, subject, values):
        from app import mail

        with self._app.app_context():
            for to in self._app.config["ADMINS"]:
                try:
                    mail.send(to, subject, "alert", "en", **values)
                except OSError as error:
                    # No error, which would be mailed too.
                    logging.getLogger(__name__).warning("no mail to %s: %s", to, error)


def _place() -> str:
    """The request that failed, without what it said: that may be somebody's password."""
    if not has_request_context():
        return ""
    return f"{request.method} {request.path}, request {g.get('request_id', '-')}"
