"""Run jobs: what a worker does with a message of the queue."""

import logging

from app.database import db
from app.jobs import services
from app.jobs.models import ERROR, Job
from app.jobs.registry import kind_of, kinds

log = logging.getLogger(__name__)


def work(job_id: int, attempt: int, locale: str | None = None) -> None:
    """Run one attempt of a job, unless it is no longer queued, and record its result.

    `locale`: the language of the request that started it, if known.
    """
    claimed = services.claim(job_id, attempt)
    db.session.commit()
    if not claimed:
        return
    job = db.session.get_one(Job, job_id)
    kind, user_id = kind_of(job.kind), job.user_id
    log.info("job %s (%s, attempt %s) started", job_id, job.kind, attempt)
    try:
        kind.work(job_id, attempt, user_id, locale)
    except services.Superseded:
        db.session.rollback()
        log.info("job %s was restarted or deleted; attempt %s stopped", job_id, attempt)
    except Exception:
        db.session.rollback()
        log.exception("job %s failed", job_id)
        if services.fail(job_id, attempt, ERROR):
            kind.failed(user_id)
        db.session.commit()
    else:
        log.info("job %s done", job_id)


def tidy() -> list[Job]:
    """Fail stale jobs, delete expired results, and return the jobs that the caller must enqueue again.

    The queue calls it once a minute.
    """
    for job in services.fail_stale():
        log.warning("job %s failed: no heartbeat", job.id)
        kind_of(job.kind).failed(job.user_id)
    unclaimed = services.renew_unclaimed()
    for kind in kinds():
        kind.tidy()
    db.session.commit()
    return unclaimed
