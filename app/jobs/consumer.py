"""The worker: Huey's consumer, as a process or as threads of the development server."""

import atexit
import contextlib
import logging
import os
import sys
import time

from flask import Flask
from huey import signals
from huey.api import Task
from huey.consumer import Consumer, ConsumerStopped

from app.database import db
from app.jobs import services
from app.jobs.job_queue import enqueue, queue_of
from app.jobs.loops import STOP_TIMEOUT, start_loops
from app.jobs.models import Job
from app.jobs.storage import QUEUE_ERRORS, report_unavailable
from app.outages import DATABASE_ERRORS

log = logging.getLogger(__name__)

RETRY_DELAY = 1  # seconds between two attempts to reach the queue at the start


class OutageFilter(logging.Filter):
    """Reduces Huey's traceback per second, while the queue or the database fails, to a line a minute."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether to log the record; report a failure of the queue instead."""
        error = record.exc_info[1] if record.exc_info else None
        if not isinstance(error, QUEUE_ERRORS):
            return True
        report_unavailable(error, logging.WARNING)
        return False


class JobConsumer(Consumer):
    """Huey's consumer, which ends with the process that started it and runs the registered loops beside its workers."""

    app: Flask
    parent: int | None = None

    def start(self) -> None:
        """Start the workers and the loops; handle signals from before the first job on, which Huey does after."""
        self._set_signal_handlers()
        super().start()
        self._loops = start_loops(self.app, self.stop_flag)

    def run(self) -> None:
        """Run until a signal; then let the loops finish what they do, for a moment."""
        super().run()
        for loop in self._loops:
            loop.join(STOP_TIMEOUT)

    def loop(self, health_check_ts: float | None = None) -> float | None:
        """Stop if the parent process has ended; Huey calls this ten times a second."""
        if self.parent and os.getppid() != self.parent:
            raise ConsumerStopped
        checked: float | None = super().loop(health_check_ts)
        return checked


class ThreadConsumer(JobConsumer):
    """The consumer as threads of a process that handles signals itself."""

    def _set_signal_handlers(self) -> None:
        pass


def run(app: Flask, parent: int | None = None) -> None:
    """Run jobs until a signal: SIGTERM requeues the running jobs, SIGINT finishes them first.

    `parent`: the id of the process that started this one; its end ends this one too.
    """
    consumer = _wait_for_queue(app, parent)
    consumer.parent = parent
    consumer.run()


def _wait_for_queue(app: Flask, parent: int | None) -> JobConsumer:
    """Return the consumer as soon as the queue is available, which Huey reads from when it is made."""
    while True:
        try:
            return make_consumer(JobConsumer, app)
        except QUEUE_ERRORS as error:
            report_unavailable(error, logging.WARNING)
        if parent and os.getppid() != parent:
            sys.exit()
        time.sleep(RETRY_DELAY)


def start_threads(app: Flask) -> JobConsumer:
    """Run jobs in threads, until this process ends or the returned consumer is stopped."""
    consumer = make_consumer(ThreadConsumer, app)
    atexit.register(consumer.huey.notify_interrupted_tasks)
    consumer.start()
    return consumer


def make_consumer(consumer_class: type[JobConsumer], app: Flask) -> JobConsumer:
    """Return a consumer of the application's queue that requeues what it is told to interrupt."""
    queue = queue_of(app)
    for name in ("huey", "huey.consumer.Worker", "huey.consumer.Scheduler"):
        logger = logging.getLogger(name)
        if not any(isinstance(each, OutageFilter) for each in logger.filters):
            logger.addFilter(OutageFilter())

    @queue.signal(signals.SIGNAL_INTERRUPTED)
    def requeue(_signal: str, message: Task) -> None:
        if message.name != "work":
            return
        job_id, attempt, *locale = message.args
        with app.app_context(), contextlib.suppress(*DATABASE_ERRORS):  # a job that is left fails as stale
            job = db.session.get(Job, job_id)
            if job and services.requeue(job_id, attempt):
                db.session.commit()
                enqueue(job, *locale)
                log.info("job %s requeued: the worker is stopping", job_id)

    consumer = consumer_class(
        queue,
        # 0 turns off the server's own worker. A separate worker with the same environment still runs jobs.
        workers=app.config["JOB_WORKERS"] or 1,
        max_delay=1.0,  # seconds between two polls of an idle worker, at most
        scheduler_interval=60,
        check_worker_health=True,
        health_check_interval=1,
    )
    consumer.app = app
    return consumer
