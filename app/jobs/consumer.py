"""The worker: Huey's consumer, as a process or as threads of the development server."""

import atexit
import logging
import math
import os
import time

from huey import signals
from huey.consumer import Consumer, ConsumerStopped

from app.database import db
from app.jobs import services
from app.jobs.job_queue import enqueue, queue_of
from app.jobs.models import Job

log = logging.getLogger(__name__)


class Calm(logging.Filter):
    """Of a queue that can't be read: a line a minute, in place of Huey's traceback a second."""

    pause = 60  # seconds

    def __init__(self):
        super().__init__()
        self._said = -math.inf

    def filter(self, record):
        """Whether the record is logged."""
        if not record.msg.startswith("Error reading"):
            return True
        if time.monotonic() - self._said < self.pause:
            return False
        self._said = time.monotonic()
        error = " ".join(str(record.exc_info[1]).split())
        record.msg, record.args, record.exc_info = "the queue of jobs can't be read: %s", (error,), None
        return True


class JobConsumer(Consumer):
    """Huey's consumer, which puts back what it could not finish."""

    parent = None

    def loop(self, health_check_ts=None):
        """Called ten times a second. Ends when the server that started this process is gone."""
        if self.parent and os.getppid() != self.parent:
            raise ConsumerStopped
        return super().loop(health_check_ts)


class ThreadConsumer(JobConsumer):
    """The consumer as threads of a process that minds its own signals."""

    def _set_signal_handlers(self):
        pass


def run(app, parent: int | None = None) -> None:
    """Work until a signal comes (SIGTERM: at once, what was begun is put back; SIGINT: what was begun is finished).

    `parent`: the process whose end ends this one too.
    """
    consumer = _make(JobConsumer, app)
    consumer.parent = parent
    consumer.run()


def start_threads(app) -> Consumer:
    """Work in threads of this process until it ends, or the consumer is told to stop."""
    consumer = _make(ThreadConsumer, app)
    atexit.register(consumer.huey.notify_interrupted_tasks)
    consumer.start()
    return consumer


def _make(consumer_class, app) -> Consumer:
    queue = queue_of(app)
    for part in ("Worker", "Scheduler"):
        logger = logging.getLogger(f"huey.consumer.{part}")
        if not any(isinstance(former, Calm) for former in logger.filters):
            logger.addFilter(Calm())

    @queue.signal(signals.SIGNAL_INTERRUPTED)
    def put_back(_signal, message):
        if message.name == "call":
            queue.enqueue(message)
        if message.name != "work":
            return
        job_id, attempt, *language = message.args
        with app.app_context():
            if services.take_back(job_id, attempt):
                db.session.commit()
                enqueue(db.session.get_one(Job, job_id), *language)
                log.info("job %s is put back: this process was told to stop", job_id)

    return consumer_class(
        queue,
        # 0 tells the server to leave jobs alone; a worker apart, which often has the same settings, is there for them.
        workers=app.config["JOB_WORKERS"] or 1,
        max_delay=1.0,  # seconds that a person waits at most until an idle worker looks
        scheduler_interval=60,
        check_worker_health=True,
        health_check_interval=1,
    )
