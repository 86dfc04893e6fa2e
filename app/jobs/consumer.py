"""Who does the work: a process of its own, or threads of the development server."""

import atexit
import logging
import math
import os
import time

from huey import signals
from huey.consumer import Consumer, ConsumerStopped

from app.database import db
from app.jobs import services
from app.jobs.models import BROKE, Task
from app.jobs.queue import enqueue, queue_of

log = logging.getLogger(__name__)


def work(task_id: int, attempt: int, locale: str | None = None) -> None:
    """Do one attempt of a task, if it still waits to be done, and note how it ended.

    `locale`: the language in which it was asked for, if that is known.
    """
    claimed = services.claim(task_id, attempt)
    db.session.commit()
    if not claimed:
        return
    task = db.session.get(Task, task_id)
    job, user_id = jobs()[task.kind], task.user_id
    log.info("task %s (%s, attempt %s) begins", task_id, task.kind, attempt)
    try:
        job.work(task_id, attempt, user_id, locale)
    except services.Superseded:
        db.session.rollback()
        log.info("task %s was started anew or deleted: attempt %s stops", task_id, attempt)
    except Exception:
        db.session.rollback()
        log.exception("task %s failed", task_id)
        if services.fail(task_id, attempt, BROKE):
            job.failed(user_id)
        db.session.commit()
    else:
        log.info("task %s is done", task_id)


def tidy() -> None:
    """Every minute: bury dead jobs, find forgotten ones, delete what has expired."""
    for task in services.bury_dead():
        log.warning("task %s is dead: its worker gave no sign of life", task.id)
        jobs()[task.kind].failed(task.user_id)
    forgotten = services.forgotten()
    for job in jobs().values():
        job.tidy()
    db.session.commit()
    for task in forgotten:
        enqueue(task)


def jobs() -> dict:
    """What is done for each kind of task: a module with

    `work(task_id, attempt, user_id, locale)`, which advances and finishes the task, and commits as it goes;
    `failed(user_id)`, which tells them; `tidy()`, which deletes what has expired.
    """
    from app.export import job

    return {job.KIND: job}


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
        task_id, attempt, *language = message.args
        with app.app_context():
            if services.take_back(task_id, attempt):
                db.session.commit()
                enqueue(db.session.get(Task, task_id), *language)
                log.info("task %s is put back: this process was told to stop", task_id)

    return consumer_class(
        queue,
        # 0 tells the server to leave jobs alone; a worker apart, which often has the same settings, is there for them.
        workers=app.config["JOB_WORKERS"] or 1,
        max_delay=1.0,  # seconds that a person waits at most until an idle worker looks
        scheduler_interval=60,
        check_worker_health=True,
        health_check_interval=1,
    )
