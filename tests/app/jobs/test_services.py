import pytest

from app.database import db, utc_now
from app.exceptions import NotAllowed
from app.jobs import services
from app.jobs.models import BROKE, DONE, FAILED, LOST, QUEUED, RUNNING, SILENCE
from app.jobs.queries import job_of

KIND = "export"


def silence(task):
    """As if its worker had died a while ago."""
    task.updated_at = utc_now() - 2 * SILENCE
    db.session.flush()


def test_one_at_a_time(susan):
    task = services.start(susan.id, KIND)
    assert (task.state, task.attempt) == (QUEUED, 1)
    with pytest.raises(NotAllowed):
        services.start(susan.id, KIND)
    assert services.claim(task.id, 1)
    with pytest.raises(NotAllowed):
        services.start(susan.id, KIND)


def test_an_attempt_is_claimed_once(susan):
    task = services.start(susan.id, KIND)
    assert services.claim(task.id, 1)
    assert not services.claim(task.id, 1)
    assert not services.claim(task.id, 2)


def test_what_is_done_can_be_started_anew(susan):
    task = services.start(susan.id, KIND)
    services.claim(task.id, 1)
    services.advance(task.id, 1, 50)
    db.session.expire_all()
    assert (task.state, task.progress) == (RUNNING, 50)
    services.finish(task.id, 1)
    db.session.expire_all()
    assert (task.state, task.progress) == (DONE, 100)
    again = services.start(susan.id, KIND)
    assert (again.id, again.state, again.attempt, again.progress) == (task.id, QUEUED, 2, 0)


def test_what_failed_can_be_started_anew(susan):
    task = services.start(susan.id, KIND)
    services.claim(task.id, 1)
    assert services.fail(task.id, 1, BROKE)
    db.session.expire_all()
    assert (task.state, task.failure, task.has_failed) == (FAILED, BROKE, True)
    assert services.start(susan.id, KIND).failure is None


def test_a_worker_without_a_sign_of_life_is_dead_and_a_new_start_takes_over(susan):
    task = services.start(susan.id, KIND)
    services.claim(task.id, 1)
    assert not task.is_dead
    silence(task)
    assert task.is_dead
    assert task.has_failed
    assert not task.is_under_way
    services.start(susan.id, KIND)
    services.claim(task.id, 2)
    with pytest.raises(services.Superseded):  # it lived after all
        services.advance(task.id, 1, 60)
    with pytest.raises(services.Superseded):
        services.finish(task.id, 1)
    assert not services.fail(task.id, 1, BROKE)


def test_the_dead_are_buried_once(susan):
    task = services.start(susan.id, KIND)
    services.claim(task.id, 1)
    assert services.fail_stale() == []
    silence(task)
    assert services.fail_stale() == [task]
    db.session.expire_all()
    assert (task.state, task.failure) == (FAILED, LOST)
    assert services.fail_stale() == []


def test_what_waits_for_too_long_is_found(susan):
    task = services.start(susan.id, KIND)
    assert services.forgotten() == []
    silence(task)
    assert services.forgotten() == [task]
    assert services.forgotten() == []  # not before it has waited as long again
    assert services.claim(task.id, 1)


def test_each_person_has_their_own(susan, make_user):
    services.start(susan.id, KIND)
    assert services.start(make_user("david").id, KIND).state == QUEUED


@pytest.mark.parametrize("former", [None, DONE])
def test_of_simultaneous_starts_one_wins(at_once, susan, former):
    if former:
        task = services.start(susan.id, KIND)
        services.claim(task.id, 1)
        services.finish(task.id, 1)
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
