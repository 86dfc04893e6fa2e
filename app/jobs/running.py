"""Run jobs: what a worker does with a message of the queue."""

import logging

from app.database import db, roll_back
from app.exceptions import NotFound
from app.jobs import registry, services
from app.jobs.models import DONE, ERROR, FAILED, STALE, Job
from app.jobs.registry import Kind
from app.jobs.signals import INTERRUPTED, SUPERSEDED, attempt_ended
from app.outages import DATABASE_ERRORS, report_database
from app.users.services import hold

log = logging.getLogger(__name__)

STOPPED = "job %s was restarted or deleted; attempt %s stopped"

_interrupted: dict[int, int] = {}  # the attempts of jobs that a failure of the database ended, by job


def work(job_id: int, attempt: int, locale: str | None = None) -> None:
    """Run one attempt of a job, unless it is no longer queued, and record its result.

    `locale`: the language of the request that started it, if known. If the database fails, `tidy` queues the job again.
    """
    try:
        _work(job_id, attempt, locale)
    except DATABASE_ERRORS as error:
        roll_back()
        report_database(error, logging.WARNING)
        _interrupted[job_id] = attempt


def _work(job_id: int, attempt: int, locale: str | None) -> None:
    job = db.session.get(Job, job_id)
    if job is not None and job.kind not in registry.names():
        log.warning("job %s is of an unknown kind, %s: left to a newer worker", job_id, job.kind)
        return
    claimed = services.claim(job_id, attempt)
    db.session.commit()
    if not claimed or job is None:
        return
    name, user_id = job.kind, job.user_id
    log.info("job %s (%s, attempt %s) started", job_id, name, attempt)
    outcome = INTERRUPTED
    try:
        outcome = _run(registry.kind_of(name), job_id, attempt, user_id, locale)
    finally:
        attempt_ended.send(name, outcome=outcome)


def _run(kind: Kind, job_id: int, attempt: int, user_id: int, locale: str | None) -> str:
    """Do the job, and record a failure; return the outcome. Raises DATABASE_ERRORS."""
    try:
        kind.work(job_id, attempt, user_id, locale)
    except services.Superseded:
        db.session.rollback()
        log.info(STOPPED, job_id, attempt)
        return SUPERSEDED
    except DATABASE_ERRORS:
        raise
    except Exception as error:
        db.session.rollback()
        return _record_failure(kind, job_id, attempt, user_id, error)
    log.info("job %s done", job_id)
    return DONE


def _record_failure(kind: Kind, job_id: int, attempt: int, user_id: int, error: Exception) -> str:
    """Mark the job as failed, and notify its user; if it was deleted, with them, that is why it failed."""
    try:
        hold(user_id)
        has_failed = services.fail(job_id, attempt, ERROR)
    except NotFound:
        has_failed = False
    if has_failed:
        log.error("job %s failed", job_id, exc_info=error)
        kind.failed(user_id)
        db.session.commit()
        return FAILED
    log.info(STOPPED, job_id, attempt)
    return SUPERSEDED


def tidy() -> list[Job]:
    """Fail stale jobs, delete expired results, and return the jobs that the caller must enqueue again.

    The queue calls it once a minute. While the database fails, it returns none.
    """
    try:
        return _tidy()
    except DATABASE_ERRORS as error:
        roll_back()
        report_database(error, logging.WARNING)
        return []


def _tidy() -> list[Job]:
    interrupted = list(_interrupted.items())
    requeued = [job for item in interrupted if (job := services.requeue_interrupted(*item))]
    stale = []
    for job in services.fail_stale():
        log.warning("job %s failed: no heartbeat", job.id)
        registry.kind_of(job.kind).failed(job.user_id)
        stale.append(job.kind)
    unclaimed = services.renew_unclaimed()
    for kind in registry.kinds():
        kind.tidy()
    db.session.commit()
    for name in stale:
        attempt_ended.send(name, outcome=STALE)
    for job_id, _attempt in interrupted:
        _interrupted.pop(job_id, None)
    return requeued + unclaimed
