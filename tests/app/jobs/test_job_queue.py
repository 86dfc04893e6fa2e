"""The job queue, in the database and in Redis."""

import logging
import time

import pytest
from huey import signals

from app.database import db
from app.export.models import KIND
from app.jobs import consumer, services
from app.jobs.job_queue import enqueue, queue_of
from app.jobs.models import DONE, QUEUED
from app.jobs.queries import job_of


@pytest.fixture(params=["database", "redis"])
def queue(app, request, monkeypatch):
    """The application's queue, empty."""
    if request.param == "redis":
        monkeypatch.setitem(app.config, "REDIS_URL", request.getfixturevalue("redis"))
    former = app.extensions.pop("jobs", None)
    queue = queue_of(app)
    queue.storage.flush_all()
    yield queue
    queue.storage.flush_all()
    queue.storage.close()
    del app.extensions["jobs"]
    if former:
        app.extensions["jobs"] = former


@pytest.fixture
def job(susan):
    """A queued job."""
    job = services.start(susan.id, KIND)
    db.session.commit()
    return job


def run_all(queue):
    """Run all messages in the queue."""
    while message := queue.dequeue():
        queue.execute(message)
    db.session.rollback()


def test_job_that_is_queued_twice_runs_once(queue, job, caplog):
    enqueue(job)
    enqueue(job)
    run_all(queue)
    assert job_of(job.user_id, KIND).state == DONE


def test_message_with_a_forged_signature_is_not_run(queue, job, caplog):
    enqueue(job)
    *start, last = queue.storage.enqueued_items()[0]
    forged = bytes([*start, last ^ 1])
    queue.storage.flush_all()
    queue.storage.enqueue(forged)
    with pytest.raises(ValueError, match=r"[Ss]ignature"):
        queue.dequeue()
    assert job.state == QUEUED


def test_interrupted_job_is_requeued(app, queue, job):
    services.claim(job.id, job.attempt)
    db.session.commit()
    worker = consumer.make_consumer(consumer.ThreadConsumer, app)
    queue.work(job.id, job.attempt, "fr")
    worker.huey._emit(signals.SIGNAL_INTERRUPTED, queue.dequeue())
    db.session.rollback()
    assert (job.state, job.attempt) == (QUEUED, 2)
    assert (job.id, 2, "fr") in [message.args for message in queue.pending()]  # with its locale
    run_all(queue)
    assert job.state == DONE


def test_threads_of_the_development_server_run_jobs(app, queue, job):
    worker = consumer.start_threads(app)
    try:
        enqueue(job)
        end = time.monotonic() + 20
        while job_of(job.user_id, KIND).state != DONE:
            db.session.rollback()
            assert time.monotonic() < end, "the job is not done after 20 s"
            time.sleep(0.05)
    finally:
        worker.stop(graceful=True)


def test_unreadable_queue_is_logged_as_one_line(app, queue, job, monkeypatch, caplog):
    worker = consumer.make_consumer(consumer.ThreadConsumer, app)
    reads = []

    def fail():
        reads.append(time.monotonic())
        raise OSError("the server\nis down")

    monkeypatch.setattr(queue, "dequeue", fail)
    monkeypatch.setattr(consumer.ReadErrorFilter, "interval", 1000)
    for part in ("Worker", "Scheduler"):
        for each in logging.getLogger(f"huey.consumer.{part}").filters:
            each.__init__()
    thread = worker.worker_threads[0][0]
    thread.sleep = lambda: None
    for _ in range(3):
        thread.loop()
    assert len(reads) == 3
    assert [record.getMessage() for record in caplog.records] == ["cannot read the job queue: the server is down"]
    assert caplog.records[0].exc_info is None
