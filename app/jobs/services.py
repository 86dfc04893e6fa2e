"""The life of a job: started, claimed by a worker, advanced, finished or failed.

Each change is one UPDATE that names the attempt and the state that it expects, so two workers, or a worker and a
person's second click, never undo each other.
"""

import contextlib

from flask_babel import gettext as _
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from app.database import db, utc_now
from app.exceptions import NotAllowed
from app.jobs.models import DONE, FAILED, LOST, QUEUED, RUNNING, SILENCE, Job


class Superseded(Exception):
    """The job was started anew, taken back or deleted meanwhile: whoever still works on it stops."""


def start(user_id: int, kind: str) -> Job:
    """A job for a worker to claim, once it is committed and enqueued. Raises NotAllowed while one is under way."""
    mine = select(Job).where(Job.user_id == user_id, Job.kind == kind)
    job = db.session.scalar(mine)
    if job is None:
        # Another request may be first: the constraint decides.
        with contextlib.suppress(IntegrityError), db.session.begin_nested():
            db.session.execute(insert(Job).values(user_id=user_id, kind=kind))
            return db.session.scalar(mine)
        raise NotAllowed(_("One is under way already."))
    if job.is_under_way:
        raise NotAllowed(_("One is under way already."))
    now = utc_now()
    fresh = {"state": QUEUED, "attempt": Job.attempt + 1, "progress": 0, "failure": None, "created_at": now}
    changed = db.session.execute(
        update(Job).where(Job.id == job.id, Job.attempt == job.attempt).values(**fresh, updated_at=now)
    )
    if not changed.rowcount:
        raise NotAllowed(_("One is under way already."))
    db.session.refresh(job)
    return job


def claim(job_id: int, attempt: int) -> bool:
    """Whether the caller is the one to do this attempt; others may have it from the queue too."""
    return _change(job_id, attempt, QUEUED, state=RUNNING)


def advance(job_id: int, attempt: int, progress: int) -> None:
    """Note how far the work is, in percent; this is the sign of life too. Raises Superseded."""
    if not _change(job_id, attempt, RUNNING, progress=progress):
        raise Superseded


def finish(job_id: int, attempt: int) -> None:
    """The work is done. Raises Superseded."""
    if not _change(job_id, attempt, RUNNING, state=DONE, progress=100):
        raise Superseded


def fail(job_id: int, attempt: int, failure: str) -> bool:
    """Note that there will be no result; false when the attempt was not running any more."""
    return _change(job_id, attempt, RUNNING, state=FAILED, failure=failure)


def take_back(job_id: int, attempt: int) -> bool:
    """Let the work be done anew from the beginning, as `attempt + 1`; false when it was not running any more."""
    return _change(job_id, attempt, RUNNING, state=QUEUED, attempt=attempt + 1, progress=0)


def fail_stale() -> list[Job]:
    """Mark as failed what no worker has shown life of for too long; return it."""
    silent = select(Job).where(Job.state == RUNNING, Job.updated_at < utc_now() - SILENCE)
    return [job for job in db.session.scalars(silent).all() if fail(job.id, job.attempt, LOST)]


def forgotten() -> list[Job]:
    """What has waited suspiciously long: enqueue it again. Its process may have died between commit and queue.

    An attempt that stands in the queue twice is claimed once.
    """
    waiting = select(Job).where(Job.state == QUEUED, Job.updated_at < utc_now() - SILENCE)
    return [job for job in db.session.scalars(waiting).all() if _change(job.id, job.attempt, QUEUED)]


def _change(job_id: int, number: int, state_now: str, **values) -> bool:
    expected = (Job.id == job_id, Job.attempt == number, Job.state == state_now)
    # MySQL counts only rows that change: the moment always does.
    return bool(db.session.execute(update(Job).where(*expected).values(updated_at=utc_now(), **values)).rowcount)
