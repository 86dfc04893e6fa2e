"""Doing jobs: what a worker does with a message of the queue."""

import logging

from app.database import db
from app.jobs import services
from app.jobs.models import BROKE, Job
from app.jobs.registry import kind_of, kinds

log = logging.getLogger(__name__)


def work(job_id: int, attempt: int, locale: str | None = None) -> None:
    """Do one attempt of a job, if it is still queued, and record how it ended.

    `locale`: the language of the request that started it, if known.
    """
    claimed = services.claim(job_id, attempt)
    db.session.commit()
    if not claimed:
        return
    job = db.session.get_one(Job, job_id)
    kind, user_id = kind_of(job.kind), job.user_id
    log.info("job %s (%s, attempt %s) begins", job_id, job.kind, attempt)
    try:
        kind.work(job_id, attempt, user_id, locale)
    except services.Superseded:
        db.session.rollback()
        log.info("job %s was restarted or deleted: attempt %s stops", job_id, attempt)
    except Exception:
        db.session.rollback()
        log.exception("job %s failed", job_id)
        if services.fail(job_id, attempt, BROKE):
            kind.failed(user_id)
        db.session.commit()
    else:
        log.info("job %s is done", job_id)


def tidy() -> list[Job]:
    """Once a minute: fail stale jobs, delete what has expired; return queued jobs that must be enqueued again."""
    for job in services.fail_stale():
        log.warning("job %s has no heartbeat: marked as failed", job.id)
        kind_of(job.kind).failed(job.user_id)
    forgotten = services.forgotten()
    for kind in kinds():
        kind.tidy()
    db.session.commit()
    return forgotten
