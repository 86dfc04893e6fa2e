"""What a worker does with a job whose database fails, or that it doesn't know."""

import contextlib
import itertools
from datetime import timedelta

import pytest
from sqlalchemy.exc import OperationalError

from app.database import db, utc_now
from app.export import queries
from app.export.models import KIND
from app.jobs import running, services
from app.jobs.job_queue import enqueue
from app.jobs.models import DONE, FAILED, HEARTBEAT_TIMEOUT, QUEUED, RUNNING, Job
from app.jobs.registry import Kind
from app.users.models import User
from app.users.services import create_user, delete_user
from tests.fixtures.users import PASSWORD

numbers = itertools.count()


@pytest.fixture
def job(susan):
    """A queued job."""
    job = services.start(susan.id, KIND)
    db.session.commit()
    return job


@pytest.fixture
def away(monkeypatch):
    """`with away("work"):` let that method of jobs find the database away."""

    def fail(*_arguments):
        raise OperationalError("SELECT 1", {}, Exception("server has gone away"))

    @contextlib.contextmanager
    def away(method):
        with monkeypatch.context() as patch:
            patch.setattr(Kind, method, fail)
            yield

    yield away
    running._interrupted.clear()


def make_old(job, **columns):
    """Set times of a job to this long ago."""
    for name, age in columns.items():
        setattr(job, name, utc_now() - age)
    db.session.commit()


def test_job_that_the_database_interrupted_is_queued_again_and_done(job, away, caplog):
    with away("work"):
        running.work(job.id, job.attempt)
    warnings = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert warnings == ["database: server has gone away"]
    make_old(job, updated_at=HEARTBEAT_TIMEOUT * 2)  # the outage was long
    assert running.tidy() == [job]
    assert (job.state, job.attempt) == (QUEUED, 2)
    assert running.tidy() == []
    running.work(job.id, job.attempt)
    db.session.refresh(job)
    assert job.state == DONE


def test_interrupted_job_fails_an_hour_after_its_start(job, away):
    with away("work"):
        running.work(job.id, job.attempt)
    make_old(job, created_at=timedelta(minutes=61), updated_at=HEARTBEAT_TIMEOUT * 2)
    assert running.tidy() == []
    assert job.state == FAILED


def test_interrupted_jobs_are_kept_while_the_database_is_away(job, away):
    with away("work"):
        running.work(job.id, job.attempt)
    with away("tidy"):
        assert running.tidy() == []
    assert job.state == RUNNING
    assert running.tidy() == [job]


def test_job_of_an_unknown_kind_is_left_to_a_newer_worker(susan, caplog):
    job = Job(user_id=susan.id, kind="newer")
    db.session.add(job)
    db.session.commit()
    running.work(job.id, job.attempt)
    assert job.state == QUEUED
    assert "unknown kind, newer" in caplog.text
    for state in (QUEUED, RUNNING):
        job.state = state
        make_old(job, updated_at=HEARTBEAT_TIMEOUT * 2)
        assert running.tidy() == []
        assert job.state == state


@pytest.mark.parametrize("place", ["before the first row", "during the work", "before it is queued"])
def test_job_of_a_user_who_is_deleted_ends_quietly(job, susan, monkeypatch, caplog, place):
    caplog.set_level("INFO")

    def delete(*_arguments):
        delete_user(susan)
        db.session.commit()

    if place == "before it is queued":
        delete()
        enqueue(job)
        return
    method = "account" if place == "before the first row" else "total"
    original = getattr(queries, method)
    monkeypatch.setattr(queries, method, lambda user_id: delete() or original(user_id))
    running.work(job.id, job.attempt)
    assert [record.levelname for record in caplog.records] == ["INFO", "INFO"]
    assert "was restarted or deleted" in caplog.text


def test_stale_job_of_a_user_who_is_deleted_is_left_out(job, susan, interleave):
    def prepare():
        user = create_user(f"user{next(numbers)}", f"user{next(numbers)}@example.com", PASSWORD)
        stale = services.start(user.id, KIND)
        services.claim(stale.id, 1)
        make_old(stale, updated_at=HEARTBEAT_TIMEOUT * 2)
        return user.id

    def delete(user_id):
        delete_user(db.session.get_one(User, user_id))
        return "deleted"

    results = interleave(prepare, delete, lambda _user_id: running.tidy())
    assert set(map(str, results)) == {"([], 'deleted')"}
