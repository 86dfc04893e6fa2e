"""Jobs: how many attempts ended, and how; how many wait. For the process that runs them."""

import time
from collections.abc import Callable

from prometheus_client import Counter, Gauge

from app.jobs import registry
from app.jobs.queries import count_queued
from app.jobs.signals import attempt_ended

INTERVAL = 5.0  # seconds between two counts of the queue

ENDED = Counter("microblog_jobs", "Ended attempts of jobs, by kind and outcome.", ("kind", "outcome"))
QUEUED = Gauge("microblog_jobs_queued", "Jobs that wait for a worker.", multiprocess_mode="livemostrecent")


def init_app() -> None:
    """Count the jobs that this process ends, and the queue."""
    attempt_ended.connect(_count)
    registry.register_loop("app.metrics.jobs:Queue")


def _count(kind: str, outcome: str) -> None:
    ENDED.labels(kind, outcome).inc()


class Queue:
    """The body of a loop that counts the queued jobs."""

    def __init__(self) -> None:
        self._next = 0.0

    def __call__(self, _is_stopping: Callable[[], bool]) -> None:
        """Set the metric, unless it is recent."""
        if time.monotonic() >= self._next:
            QUEUED.set(count_queued())
            self._next = time.monotonic() + INTERVAL
