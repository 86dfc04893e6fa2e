"""The states of a job: a user starts it, a worker claims and advances it, then it is done or failed.

Each change is one UPDATE with the expected attempt and state in its WHERE clause, so two workers, or a worker and a
second click, never overwrite each other. Nothing is committed here.
"""

import contextlib
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, Update, insert, select, update
from sqlalchemy.exc import IntegrityError

from app.database import changed, db, utc_now
from app.exceptions import NotAllowed, NotFound
from app.jobs import registry
from app.jobs.models import DONE, FAILED, HEARTBEAT_TIMEOUT, QUEUED, RUNNING, STALE, Job
from app.users.services import hold

RETRY_TIME = timedelta(hours=1)  # after its start, in which a job is queued again if the database failed


class Superseded(Exception):
    """The job was restarted, requeued or deleted; the worker that runs this attempt must stop."""


def start(user_id: int, kind: str) -> Job:
    """Return a queued job, for the caller to commit and then enqueue.

    Raises NotAllowed while one is under way, and NotFound if the account is gone.
    """
    hold(user_id)
    mine = select(Job).where(Job.user_id == user_id, Job.kind == kind)
    job = db.session.scalar(mine)
    if job is None:
        # The unique constraint rejects the second of two simultaneous requests.
        with contextlib.suppress(IntegrityError), db.session.begin_nested():
            db.session.execute(insert(Job).values(user_id=user_id, kind=kind))
            return db.session.scalars(mine).one()
    elif not job.is_under_way:
        now = utc_now()
        fresh = {"state": QUEUED, "attempt": Job.attempt + 1, "progress": 0, "failure": None, "created_at": now}
        same_attempt = update(Job).where(Job.id == job.id, Job.attempt == job.attempt)
        if _execute(same_attempt.values(**fresh, updated_at=now)):
            db.session.refresh(job)
            return job
    raise NotAllowed(_("This is already in progress. Wait until it has finished."))


def claim(job_id: int, attempt: int) -> bool:
    """Mark a queued attempt as running; return False if another worker has claimed it."""
    return _change(job_id, attempt, QUEUED, state=RUNNING)


def advance(job_id: int, attempt: int, progress: int) -> None:
    """Set the progress, in percent, which is also the heartbeat. Raises Superseded."""
    if not _change(job_id, attempt, RUNNING, progress=progress):
        raise Superseded


def finish(job_id: int, attempt: int) -> None:
    """Mark the job as done. Raises Superseded."""
    if not _change(job_id, attempt, RUNNING, state=DONE, progress=100):
        raise Superseded


def fail(job_id: int, attempt: int, failure: str) -> bool:
    """Mark the job as failed, with ERROR or STALE; return False if the attempt is not running."""
    return _change(job_id, attempt, RUNNING, state=FAILED, failure=failure)


def requeue(job_id: int, attempt: int) -> bool:
    """Queue a running job again, as `attempt + 1`; return False if the attempt is not running."""
    return _change(job_id, attempt, RUNNING, state=QUEUED, attempt=attempt + 1, progress=0)


def requeue_interrupted(job_id: int, attempt: int) -> Job | None:
    """Queue a job again that the database interrupted, until RETRY_TIME after its start; return it if it is queued."""
    job = db.session.get(Job, job_id)
    if job is None or utc_now() - job.created_at > RETRY_TIME or not requeue(job_id, attempt):
        return None
    db.session.refresh(job)
    return job


def fail_stale() -> list[Job]:
    """Fail running jobs of known kinds whose heartbeat is stale; return them."""
    stale = _known(RUNNING).where(Job.updated_at < utc_now() - HEARTBEAT_TIMEOUT)
    return [job for job in db.session.scalars(stale).all() if _fail_stale(job)]


def _fail_stale(job: Job) -> bool:
    try:
        hold(job.user_id)  # to be notified
    except NotFound:
        return False
    return fail(job.id, job.attempt, STALE)


def renew_unclaimed() -> list[Job]:
    """Return the jobs of known kinds that have been queued for HEARTBEAT_TIMEOUT, for the caller to enqueue again.

    Restarts that time. Their process may have died between the commit and the queue. An attempt that is in the queue
    twice is claimed once.
    """
    unclaimed = _known(QUEUED).where(Job.updated_at < utc_now() - HEARTBEAT_TIMEOUT)
    return [job for job in db.session.scalars(unclaimed).all() if _change(job.id, job.attempt, QUEUED)]


def _known(state: str) -> Select[Job]:
    return select(Job).where(Job.state == state, Job.kind.in_(registry.names()))


def _change(job_id: int, expected_attempt: int, expected_state: str, **values: Any) -> bool:
    """Set `values` and the heartbeat; return False if the job has another attempt or state than expected."""
    matching = update(Job).where(Job.id == job_id, Job.attempt == expected_attempt, Job.state == expected_state)
    # MySQL counts only rows whose values change; updated_at always does.
    return _execute(matching.values(updated_at=utc_now(), **values))


def _execute(statement: Update) -> bool:
    return changed(db.session.execute(statement)) > 0
