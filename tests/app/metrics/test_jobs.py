"""Ended attempts by kind and outcome, and the queue; the functions of the job's kind are replaced."""

from types import SimpleNamespace

import pytest
from prometheus_client import REGISTRY
from sqlalchemy.exc import OperationalError

from app.database import db, utc_now
from app.export.models import KIND
from app.jobs import registry, running, services
from app.jobs.models import HEARTBEAT_TIMEOUT, RUNNING
from app.jobs.registry import Kind
from app.metrics import jobs


@pytest.fixture(autouse=True)
def counted(monkeypatch):
    monkeypatch.setattr(registry, "_loops", {})
    jobs.init_app()
    yield
    jobs.attempt_ended.disconnect(jobs._count)
    running._interrupted.clear()


@pytest.fixture
def job(susan):
    """A queued job."""
    job = services.start(susan.id, KIND)
    db.session.commit()
    return job


def ended(outcome):
    return REGISTRY.get_sample_value("microblog_jobs_total", {"kind": KIND, "outcome": outcome}) or 0


def finish(_kind, job_id, attempt, *_arguments):
    services.finish(job_id, attempt)
    db.session.commit()


def fail(*_arguments):
    raise ValueError("a job failed")


def be_superseded(*_arguments):
    raise services.Superseded


def lose_the_database(*_arguments):
    raise OperationalError("SELECT 1", {}, Exception("server has gone away"))


@pytest.mark.parametrize(
    ("work", "outcome"),
    [(finish, "done"), (fail, "failed"), (be_superseded, "superseded"), (lose_the_database, "interrupted")],
)
def test_attempt_is_counted_by_its_outcome(job, monkeypatch, work, outcome):
    monkeypatch.setattr(Kind, "work", work)
    before = ended(outcome)
    running.work(job.id, job.attempt)
    assert ended(outcome) == before + 1
    running.work(job.id, job.attempt)  # no longer queued
    assert ended(outcome) == before + 1


def test_stale_job_is_counted_once(job):
    job.state, job.updated_at = RUNNING, utc_now() - 2 * HEARTBEAT_TIMEOUT
    db.session.commit()
    before = ended("stale")
    running.tidy()
    running.tidy()
    assert ended("stale") == before + 1


def test_queue_is_counted_every_few_seconds(job, monkeypatch):
    clock = [100.0]
    monkeypatch.setattr(jobs, "time", SimpleNamespace(monotonic=lambda: clock[0]))
    queue = jobs.Queue()
    queue(lambda: False)
    assert REGISTRY.get_sample_value("microblog_jobs_queued") == 1
    services.claim(job.id, job.attempt)
    db.session.commit()
    queue(lambda: False)
    assert REGISTRY.get_sample_value("microblog_jobs_queued") == 1
    clock[0] += jobs.INTERVAL
    queue(lambda: False)
    assert REGISTRY.get_sample_value("microblog_jobs_queued") == 0
