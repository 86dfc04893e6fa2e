"""The job queue, in the database and in Redis."""

import logging
import os
import time

import pymysql
import pytest
from huey import signals
from peewee import OperationalError
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app import create_app
from app.database import db
from app.database_limits import USUAL
from app.export.models import KIND
from app.jobs import consumer, services
from app.jobs.job_queue import enqueue, queue_of
from app.jobs.models import DONE, QUEUED
from app.jobs.queries import job_of
from app.jobs.storage import connection_source, database_of
from config import Config


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


@pytest.mark.parametrize("where", ["Error reading from queue", "Error enqueueing periodic task %s.", "Unhandled %s"])
def test_failure_of_the_queue_is_one_line_without_a_traceback(app, queue, caplog, where):
    consumer.make_consumer(consumer.ThreadConsumer, app)
    for name in ("huey", "huey.consumer.Worker", "huey.consumer.Scheduler"):
        for error in (RedisError("the server\nis down"), OperationalError(Exception("the server is down"))):
            try:
                raise error
            except Exception:
                logging.getLogger(name).exception(where, "x")
    assert sorted(record.getMessage() for record in caplog.records) == [
        "database: the server is down",
        "the job queue in Redis is unavailable: the server is down",
    ]
    assert {(record.levelname, record.exc_info) for record in caplog.records} == {("WARNING", None)}


def test_other_errors_of_the_worker_keep_their_traceback(app, queue, caplog):
    consumer.make_consumer(consumer.ThreadConsumer, app)
    try:
        raise KeyError("x")
    except KeyError:
        logging.getLogger("huey").exception("Unhandled exception in task %s.", "x")
    assert caplog.records[0].exc_info[0] is KeyError


def test_worker_starts_when_the_queue_is_back(app, queue, monkeypatch, caplog):
    """Huey asks the server for its version before anything else."""
    failures = [OperationalError(Exception("away")), RedisError("away")]
    make = consumer.make_consumer

    def fail_first(*arguments):
        if failures:
            raise failures.pop()
        return make(*arguments)

    monkeypatch.setattr(consumer, "make_consumer", fail_first)
    monkeypatch.setattr(consumer, "RETRY_DELAY", 0)
    assert isinstance(consumer._wait_for_queue(app, parent=os.getppid()), consumer.JobConsumer)
    assert len(caplog.records) == 2


@pytest.mark.parametrize("queue", ["database"], indirect=True)
def test_worker_connects_again_after_a_failure(queue, job):
    """SQLite never writes on a connection that it opened while its volume was read-only."""
    if db.engine.dialect.name != "sqlite":
        pytest.skip("the failure is SQLite's")
    enqueue(job)
    queue.storage.check_conn()
    queue.storage.database.execute_sql("PRAGMA query_only=ON")
    with pytest.raises(OperationalError):
        queue.dequeue()
    assert queue.dequeue().name == "work"


def test_click_waits_once_for_redis_that_hangs_and_its_job_stays_queued(app, job, hung_server, monkeypatch, caplog):
    monkeypatch.setitem(app.config, "REDIS_URL", f"redis://127.0.0.1:{hung_server.port}/0")
    monkeypatch.setitem(app.extensions, "jobs", None)  # restored after the test
    del app.extensions["jobs"]
    enqueue(job)
    enqueue(job)
    assert hung_server.attempts() == 1
    [line] = caplog.records
    assert line.getMessage() == "the job queue in Redis is unavailable: Timeout reading from socket"
    assert job_of(job.user_id, KIND).state == QUEUED  # `running.tidy` enqueues it again


@pytest.mark.parametrize("hangs", ["at once", "after the start"])
def test_click_is_answered_while_the_database_of_the_queue_hangs(relay, app_on, job, caplog, hangs):
    other = app_on(relay.port)
    with other.app_context():
        if hangs == "after the start":
            enqueue(job)
        relay.freeze()
        enqueue(job)
        assert [record.levelname for record in caplog.records] == ["ERROR"]
        relay.resume()
        enqueue(job)
        assert queue_of(other).dequeue().name == "work"
        queue_of(other).storage.flush_all()
        queue_of(other).storage.close()


def test_queue_connects_with_the_options_and_limits_of_pages(server_url, context):
    with connection_source(context).connect() as connection:
        found = connection.scalar(text("SELECT @@innodb_lock_wait_timeout"))
    database = database_of(context)
    assert found == database.execute_sql("SELECT @@innodb_lock_wait_timeout").fetchone()[0] == USUAL.lock
    assert database.execute_sql("SELECT @@autocommit").fetchone()[0] == 1
    database.close()


@pytest.mark.parametrize(
    "options", ["?unix_socket=/run/db.sock", "?ssl_ca=/etc/ssl/certs/ca-certificates.crt", ""], ids=str
)
def test_queue_and_pages_connect_with_the_same_arguments(app, environ, options, monkeypatch):
    other = create_app(Config(environ | {"DATABASE_URL": f"mysql://susan:p%40ss@localhost/blog{options}"}))
    calls = []

    def refuse(**arguments):
        calls.append(arguments)
        raise pymysql.err.OperationalError(2003, "refused")

    with other.app_context():
        for engine in (db.engine, connection_source(other)):
            monkeypatch.setattr(engine.dialect.loaded_dbapi, "connect", refuse)
            with pytest.raises(DBAPIError):
                engine.connect()
        with pytest.raises(OperationalError):
            queue_of(other)
    timeouts = {"connect_timeout", "read_timeout", "write_timeout"}  # after a failure they are shorter
    first, *others = ({name: call[name] for name in call if name not in timeouts} for call in calls)
    assert others == [first, first]
    assert first["password"] == "p@ss"
