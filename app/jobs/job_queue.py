"""The job queue: Huey's, in the application's database or in Redis.

Not imported to serve: the first request that starts a job loads it.
"""

import logging

from flask import Flask, current_app
from huey import crontab
from huey.api import Huey
from huey.serializer import SignedSerializer
from sqlalchemy.orm.exc import ObjectDeletedError

from app.jobs import running
from app.jobs.models import Job
from app.jobs.storage import QUEUE_ERRORS, InDatabase, InRedis, database_of, report_unavailable


def queue_of(app: Flask) -> Huey:
    """Return the queue of `app`, made at the first call: forked workers must not inherit its connection."""
    if "jobs" not in app.extensions:
        app.extensions["jobs"] = _make_queue(app)
    return app.extensions["jobs"]


def enqueue(job: Job, locale: str | None = None) -> None:
    """Send a committed job to the workers, unless it was deleted since, with its user.

    If the queue is unavailable, log it; `running.tidy` enqueues the job later. `locale`: the browser's. A job that
    `running.tidy` enqueues runs without it.
    """
    try:
        job_id, attempt = job.id, job.attempt
        queue = queue_of(current_app)
        try:
            queue.work(job_id, attempt, locale)
        finally:
            queue.storage.close()
    except ObjectDeletedError:
        return
    except QUEUE_ERRORS as error:
        report_unavailable(error, logging.ERROR)


def _make_queue(app: Flask) -> Huey:
    # Messages are pickled. Signed, they don't let a writer to the queue run code in a worker.
    options = {"results": False, "serializer": SignedSerializer(secret=app.secret_key, salt="jobs")}
    if app.config["REDIS_URL"]:
        queue = Huey("microblog", storage_class=InRedis, url=app.config["REDIS_URL"], **options)
    else:
        database = database_of(app)
        queue = Huey("microblog", storage_class=InDatabase, database=database, create_tables=False, **options)

    @queue.task(name="work")
    def work(job_id: int, attempt: int, locale: str | None) -> None:
        with app.app_context():
            running.work(job_id, attempt, locale)

    @queue.periodic_task(crontab(), name="tidy")  # every minute
    def tidy() -> None:
        with app.app_context():
            for job in running.tidy():
                enqueue(job)

    queue.work, queue.tidy = work, tidy
    return queue
