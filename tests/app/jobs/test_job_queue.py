"""The queue, in the database and in Redis."""

import logging
import time

import pytest
from huey import signals

from app.database import db
from app.export.models import KIND
from app.jobs import consumer, services
from app.jobs.job_queue import call_later, enqueue, queue_of
from app.jobs.models import DONE, QUEUED
from app.jobs.queries import job_of

CALLED = []


@pytest.fixture(params=["database", "redis"])
def queue(app, request, monkeypatch):
    """The application's queue, empty."""
    if request.param == "redis":
        monkeypatch.setitem(app.config, "REDIS_URL", request.getfixturevalue("redis"))
    former = app.extensions.pop("jobs", None)
    queue = queue_of(app)
    queue.storage.flush_all()
    CALLED.clear()
    yield queue
    queue.storage.flush_all()
    queue.storage.close()
    del app.extensions["jobs"]
    if former:
        app.extensions["jobs"] = former


@pytest.fixture
def task(make_user):
    task = services.start(make_user("susan").id, KIND)
    db.session.commit()
    return task


def note(*arguments):
    CALLED.append(arguments)


def do_all(queue):
    while message := queue.dequeue():
        queue.execute(message)
    db.session.rollback()


def test_what_is_enqueued_first_is_done_first(context, queue):
    for number in range(3):
        call_later(f"{__name__}:note", number, "é 🫠")
    do_all(queue)
    assert CALLED == [(0, "é 🫠"), (1, "é 🫠"), (2, "é 🫠")]


def test_a_task_that_stands_in_it_twice_is_done_once(queue, task, caplog):
    enqueue(task)
    enqueue(task)
    do_all(queue)
    assert job_of(task.user_id, KIND).state == DONE


def test_a_message_that_this_application_did_not_sign_is_not_run(context, queue, caplog):
    call_later(f"{__name__}:note", "signed")
    *start, last = queue.storage.enqueued_items()[0]
    forged = bytes([*start, last ^ 1])
    queue.storage.flush_all()
    queue.storage.enqueue(forged)
    with pytest.raises(ValueError, match=r"[Ss]ignature"):
        queue.dequeue()
    assert CALLED == []


def test_what_was_begun_when_the_worker_is_told_to_stop_is_put_back(app, queue, task):
    services.claim(task.id, task.attempt)
    db.session.commit()
    worker = consumer._make(consumer.ThreadConsumer, app)
    queue.work(task.id, task.attempt, "fr")
    call_later(f"{__name__}:note", "again")
    for message in (queue.dequeue(), queue.dequeue()):
        worker.huey._emit(signals.SIGNAL_INTERRUPTED, message)
    db.session.rollback()
    assert (task.state, task.attempt) == (QUEUED, 2)
    assert (task.id, 2, "fr") in [message.args for message in queue.pending()]  # the language it was asked for in
    do_all(queue)
    assert task.state == DONE
    assert CALLED == [("again",)]


def test_threads_of_the_development_server_do_it_too(app, queue, task):
    worker = consumer.start_threads(app)
    try:
        enqueue(task)
        end = time.monotonic() + 20
        while job_of(task.user_id, KIND).state != DONE:
            db.session.rollback()
            assert time.monotonic() < end, "not within 20 s"
            time.sleep(0.05)
    finally:
        worker.stop(graceful=True)


def test_a_queue_that_cannot_be_read_is_one_line_in_the_log(app, queue, task, monkeypatch, caplog):
    worker = consumer._make(consumer.ThreadConsumer, app)
    reads = []

    def away():
        reads.append(time.monotonic())
        raise OSError("the server\nis away")

    monkeypatch.setattr(queue, "dequeue", away)
    monkeypatch.setattr(consumer.Calm, "pause", 1000)
    for part in ("Worker", "Scheduler"):
        for calm in logging.getLogger(f"huey.consumer.{part}").filters:
            calm.__init__()
    one = worker.worker_threads[0][0]
    one.sleep = lambda: None
    for _ in range(3):
        one.loop()
    assert len(reads) == 3
    assert [record.getMessage() for record in caplog.records] == ["the queue of jobs can't be read: the server is away"]
    assert caplog.records[0].exc_info is None
