from datetime import timedelta

import pytest

from app.database import db, utc_now
from app.exceptions import NotAllowed
from app.jobs import models, services
from app.jobs.models import DONE, ERROR, FAILED, HEARTBEAT_TIMEOUT, QUEUED, RUNNING, STALE
from app.jobs.queries import job_of

KIND = "export"


def make_stale(job):
    """Set the last heartbeat to long ago."""
    job.updated_at = utc_now() - 2 * HEARTBEAT_TIMEOUT
    db.session.flush()


def test_job_cannot_be_started_while_one_is_under_way(susan):
    job = services.start(susan.id, KIND)
    assert (job.state, job.attempt) == (QUEUED, 1)
    with pytest.raises(NotAllowed):
        services.start(susan.id, KIND)
    assert services.claim(job.id, 1)
    with pytest.raises(NotAllowed):
        services.start(susan.id, KIND)


def test_attempt_is_claimed_once(susan):
    job = services.start(susan.id, KIND)
    assert services.claim(job.id, 1)
    assert not services.claim(job.id, 1)
    assert not services.claim(job.id, 2)


def test_job_that_is_done_can_be_started_again(susan):
    job = services.start(susan.id, KIND)
    services.claim(job.id, 1)
    services.advance(job.id, 1, 50)
    db.session.expire_all()
    assert (job.state, job.progress) == (RUNNING, 50)
    services.finish(job.id, 1)
    db.session.expire_all()
    assert (job.state, job.progress) == (DONE, 100)
    again = services.start(susan.id, KIND)
    assert (again.id, again.state, again.attempt, again.progress) == (job.id, QUEUED, 2, 0)


def test_job_that_failed_can_be_started_again(susan):
    job = services.start(susan.id, KIND)
    services.claim(job.id, 1)
    assert services.fail(job.id, 1, ERROR)
    db.session.expire_all()
    assert (job.state, job.failure, job.has_failed) == (FAILED, ERROR, True)
    assert services.start(susan.id, KIND).failure is None


def test_stale_job_can_be_restarted_and_stops_its_old_worker(susan):
    job = services.start(susan.id, KIND)
    services.claim(job.id, 1)
    assert not job.is_stale
    make_stale(job)
    assert job.is_stale
    assert job.has_failed
    assert not job.is_under_way
    services.start(susan.id, KIND)
    services.claim(job.id, 2)
    with pytest.raises(services.Superseded):
        services.advance(job.id, 1, 60)
    with pytest.raises(services.Superseded):
        services.finish(job.id, 1)
    assert not services.fail(job.id, 1, ERROR)


def test_stale_job_is_failed_once(susan):
    job = services.start(susan.id, KIND)
    services.claim(job.id, 1)
    assert services.fail_stale() == []
    make_stale(job)
    assert services.fail_stale() == [job]
    db.session.expire_all()
    assert (job.state, job.failure) == (FAILED, STALE)
    assert services.fail_stale() == []


def test_unclaimed_job_is_returned_once_per_timeout(susan):
    job = services.start(susan.id, KIND)
    assert services.renew_unclaimed() == []
    make_stale(job)
    assert services.renew_unclaimed() == [job]
    assert services.renew_unclaimed() == []
    assert services.claim(job.id, 1)


def test_users_start_jobs_independently(susan, make_user):
    services.start(susan.id, KIND)
    assert services.start(make_user("david").id, KIND).state == QUEUED


@pytest.mark.parametrize("former", [None, DONE])
def test_simultaneous_starts_create_one_job(at_once, susan, former):
    if former:
        job = services.start(susan.id, KIND)
        services.claim(job.id, 1)
        services.finish(job.id, 1)
    db.session.commit()
    susan_id = susan.id
    db.session.rollback()

    def start():
        try:
            services.start(susan_id, KIND)
        except NotAllowed:
            return "refused"
        return "started"

    assert sorted(at_once(*[start] * 4)) == ["refused"] * 3 + ["started"]
    assert job_of(susan_id, KIND).state == QUEUED


@pytest.mark.parametrize("seconds", [-60, -5, 5, 60])
def test_running_job_is_not_stale_to_a_replica_whose_clock_differs(susan, monkeypatch, seconds):
    """The worker reports within a minute."""
    job = services.start(susan.id, KIND)
    services.claim(job.id, 1)
    job.updated_at = utc_now() - timedelta(seconds=55)
    db.session.flush()
    for module in (services, models):
        monkeypatch.setattr(module, "utc_now", lambda: utc_now() + timedelta(seconds=seconds))
    assert services.fail_stale() == []
    assert not job.has_failed
    with pytest.raises(NotAllowed):
        services.start(susan.id, KIND)
    services.finish(job.id, 1)
