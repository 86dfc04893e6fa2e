"""The states of a mail: a request writes it, a worker claims and sends it, or gives it up after a day.

A claim is one UPDATE that names the attempt, so that two workers never claim the same one. It schedules the next
attempt: the mail of a worker that is killed while sending is sent again, perhaps for a second time. Nothing is
committed here.
"""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from flask_babel import get_locale
from sqlalchemy import ColumnElement, and_, case, delete, or_, select, update

from app.database import changed, db, utc_now
from app.mail.models import FAILED, PATIENCE, PENDING, RETENTION, SENT, OutboxMail
from app.signing import CLOCK_SKEW

# Longer than an attempt, which MAIL_TIMEOUT bounds, for a replica whose clock is ahead, too.
CLAIM = timedelta(minutes=1) + CLOCK_SKEW
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=15), timedelta(hours=4)  # between two attempts; each is twice the last

LAST_CHANCE = timedelta(minutes=10)  # for the attempt that is due when the mail expires
ARRIVAL = timedelta(minutes=1)  # from sending a mail until its recipient may ask for another

INTERRUPTED = "interrupted: the worker ended during the attempt"
UNTRIED = "the mail server could not be used for a day"


class Claimed(NamedTuple):
    """A mail that this worker may send now; `attempt` counts from 1."""

    id: int
    kind: str
    user_id: int | None
    recipient: str
    locale: str | None
    attempt: int
    created_at: datetime
    expires_at: datetime


CLAIMED = (
    OutboxMail.id,
    OutboxMail.kind,
    OutboxMail.user_id,
    OutboxMail.recipient,
    OutboxMail.locale,
    OutboxMail.attempts + 1,
    OutboxMail.created_at,
    OutboxMail.expires_at,
)


def write(kind: str, recipient: str, user_id: int | None = None, locale: str | None = None) -> int:
    """Put a mail of a registered kind into the outbox, and return its id.

    It goes out after the commit, in a second or so. `locale`, by default that of the request, is for a user who has not
    chosen a language. Deleting the user deletes the mail.
    """
    if locale is None and (of_request := get_locale()):
        locale = str(of_request)
    mail = OutboxMail(kind=kind, recipient=recipient, user_id=user_id, locale=locale)
    db.session.add(mail)
    db.session.flush()
    return mail.id


def is_on_its_way(mail_id: int) -> bool:
    """Return whether the mail is still to be sent, or was sent within ARRIVAL: neither cancelled nor given up."""
    on_its_way = or_(
        OutboxMail.state == PENDING, and_(OutboxMail.state == SENT, OutboxMail.ended_at > utc_now() - ARRIVAL)
    )
    return db.session.scalar(select(OutboxMail.id).where(OutboxMail.id == mail_id, on_its_way)) is not None


def cancel(kind: str, *conditions: ColumnElement[bool]) -> None:
    """Remove the mails of a kind that are not sent yet and meet the conditions."""
    unsent = delete(OutboxMail).where(OutboxMail.kind == kind, OutboxMail.state != SENT, *conditions)
    db.session.execute(unsent, execution_options={"synchronize_session": False})


def claim() -> Claimed | None:
    """Claim the mail that has been due for longest; None if none is due."""
    due = select(*CLAIMED).where(OutboxMail.state == PENDING, OutboxMail.due_at <= utc_now())
    while row := db.session.execute(due.order_by(OutboxMail.due_at, OutboxMail.id).limit(1)).first():
        mail = Claimed(*row)
        if _change(mail.id, mail.attempt - 1, attempts=mail.attempt, due_at=utc_now() + CLAIM, error=INTERRUPTED):
            return mail
    return None


def is_claimed(mail: Claimed) -> bool:
    """Return whether the mail is still to be sent by this attempt; a request may have cancelled it."""
    return db.session.scalar(select(OutboxMail.id).where(*_as_expected(mail.id, mail.attempt))) is not None


def record_sent(mail: Claimed) -> None:
    """Mark the mail as sent, and forget the address."""
    _change(mail.id, mail.attempt, state=SENT, recipient="", error="", ended_at=utc_now())


def record_failure(mail: Claimed, reason: str, permanent: bool) -> datetime | None:
    """Schedule the next attempt and return its time; None if there is none: after a day, or if `permanent`."""
    now = utc_now()
    if permanent or now >= mail.expires_at:
        _change(mail.id, mail.attempt, state=FAILED, error=reason, ended_at=now)
        return None
    pause = min(FIRST_PAUSE * 2 ** min(mail.attempt - 1, 16), LONGEST_PAUSE)  # 2**16 is more than enough
    due_at: datetime = min(now + pause, mail.expires_at)
    _change(mail.id, mail.attempt, error=reason, due_at=due_at)
    return due_at


def drop(mail: Claimed) -> None:
    """Delete a mail that there is nothing to send for any more."""
    db.session.execute(delete(OutboxMail).where(OutboxMail.id == mail.id))


def give_up_overdue(untried: bool) -> int:
    """Give up the expired mails whose last attempt no worker finished; return how many.

    `untried`: also those that had to wait behind others because the server did not answer.
    """
    now = utc_now()
    overdue = [OutboxMail.state == PENDING, OutboxMail.due_at <= now, OutboxMail.expires_at <= now - LAST_CHANCE]
    if not untried:
        overdue.append(OutboxMail.attempts > 0)
    error = case((OutboxMail.attempts == 0, UNTRIED), else_=OutboxMail.error)
    values = {"state": FAILED, "error": error, "ended_at": now}
    options = {"synchronize_session": False}
    return changed(db.session.execute(update(OutboxMail).where(*overdue).values(values), execution_options=options))


def delete_old() -> None:
    """Delete the mails that were sent or given up longer ago than RETENTION."""
    db.session.execute(delete(OutboxMail).where(OutboxMail.ended_at < utc_now() - RETENTION))


def retry(mail_ids: list[int] | None) -> int:
    """Make unsent mails due now, for another day: those with these ids, or all; return how many."""
    now = utc_now()
    unsent = [or_(OutboxMail.state == FAILED, OutboxMail.state == PENDING)]
    if mail_ids is not None:
        unsent.append(OutboxMail.id.in_(mail_ids))
    values = {
        "state": PENDING,
        "attempts": 0,
        "due_at": now - CLOCK_SKEW,
        "expires_at": now + PATIENCE,
        "ended_at": None,
    }
    options = {"synchronize_session": False}
    return changed(db.session.execute(update(OutboxMail).where(*unsent).values(values), execution_options=options))


def _change(mail_id: int, expected_attempts: int, **values: Any) -> bool:
    """Set `values`; return False if the mail is no longer pending or counts other attempts than expected."""
    statement = update(OutboxMail).where(*_as_expected(mail_id, expected_attempts)).values(**values)
    return changed(db.session.execute(statement, execution_options={"synchronize_session": False})) > 0


def _as_expected(mail_id: int, attempts: int) -> tuple[ColumnElement[bool], ...]:
    return (OutboxMail.id == mail_id, OutboxMail.attempts == attempts, OutboxMail.state == PENDING)
