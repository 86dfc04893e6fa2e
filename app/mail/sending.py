"""The worker's loop that sends due mails from the outbox."""

import logging
import math
import time
from collections.abc import Callable

from flask_mailman import EmailMultiAlternatives

from app.database import db
from app.mail import services, transport
from app.mail.failures import Failure, failure_of
from app.mail.message import render
from app.mail.registry import composer_of
from app.mail.services import Claimed
from app.outages import DATABASE_ERRORS
from app.users.queries import by_id

log = logging.getLogger(__name__)

TIDY_INTERVAL = 60  # seconds
FIRST_PAUSE, LONGEST_PAUSE = 5, 20  # seconds without an attempt after the server failed; each is twice the last


class Sender:
    """Sends the mails that are due, one after the other; while the server fails, one at a time, with pauses."""

    def __init__(self) -> None:
        self._failures = 0  # of the server, in a row
        self._paused_until = 0.0
        self._tidied_at = -math.inf
        self._unrecorded: Claimed | None = None  # sent, while the database could not be written to

    def __call__(self, is_stopping: Callable[[], bool]) -> None:
        """Send until nothing is due, the server fails or the worker stops. Commits."""
        self._record_sent()
        self._tidy()
        while not is_stopping() and time.monotonic() >= self._paused_until and (mail := services.claim()):
            db.session.commit()
            failure = self._attempt(mail)
            if failure:
                _record_failure(mail, failure)
            self._note(failure)
        db.session.rollback()

    def _attempt(self, mail: Claimed) -> Failure | None:
        """Compose and send the mail; return why it failed, or None."""
        try:
            message = _compose(mail)
        except DATABASE_ERRORS:  # the loop reports them, and the claim expires
            raise
        except Exception:
            log.exception("mail %d (%s) cannot be composed", mail.id, mail.kind)
            return Failure("it could not be composed; the log has the error")
        finally:
            db.session.rollback()  # no transaction waits for the mail server
        if message is None:
            services.drop(mail)
            db.session.commit()
            return None
        try:
            transport.send(message)
        except Exception as error:  # any error, whatever the server sends
            return failure_of(error)
        self._unrecorded = mail
        self._record_sent()
        log.info("mail %d (%s) sent", mail.id, mail.kind)
        return None

    def _record_sent(self) -> None:
        """Record the mail that was sent last; if the database is away, the next call tries again, before any claim."""
        if self._unrecorded:
            services.record_sent(self._unrecorded)
            db.session.commit()
            self._unrecorded = None

    def _note(self, failure: Failure | None) -> None:
        """Pause after a failure of the server."""
        if failure and failure.of_server:
            pause = min(FIRST_PAUSE * 2 ** min(self._failures, 16), LONGEST_PAUSE)
            self._failures += 1
            self._paused_until = time.monotonic() + pause
        else:
            self._failures = 0

    def _tidy(self) -> None:
        """Once a minute, give up what is overdue and delete what is old."""
        if time.monotonic() - self._tidied_at < TIDY_INTERVAL:
            return
        self._tidied_at = time.monotonic()
        if given_up := services.give_up_overdue(untried=self._failures > 0):
            log.warning("mails given up after a day: %d", given_up)
        services.delete_old()
        db.session.commit()


def _compose(mail: Claimed) -> EmailMultiAlternatives | None:
    """Return the message, or None if there is nothing to send any more: for a deleted account or a cancelled mail."""
    user = by_id(mail.user_id) if mail.user_id else None
    if mail.user_id and user is None:
        return None
    locale = (user and user.locale) or mail.locale
    composed = composer_of(mail.kind)(user, mail.recipient, locale)
    # Read after the user: a change of their password cancels the mail, whose link would hold the new password's state.
    if composed is None or not services.is_claimed(mail):
        return None
    # The same Message-ID for each attempt, in case that two arrive.
    return render(composed, f"{mail.created_at:%Y%m%d%H%M%S%f}.{mail.id}")


def _record_failure(mail: Claimed, failure: Failure) -> None:
    due_at = services.record_failure(mail, failure.reason, failure.permanent)
    db.session.commit()
    outlook = f"next attempt at {due_at:%Y-%m-%d %H:%M:%S} UTC" if due_at else "given up"
    log.warning("mail %d (%s) not sent (attempt %d): %s; %s", mail.id, mail.kind, mail.attempt, failure.reason, outlook)
