from datetime import timedelta

import pytest

from app.database import db
from app.mail import services
from app.mail.models import FAILED, PENDING, SENT, OutboxMail


@pytest.fixture
def claim():
    """`claim()`: claim the next mail, and commit."""

    def claim():
        mail = services.claim()
        db.session.commit()
        return mail

    return claim


def test_written_mail_goes_with_its_transaction(susan, rows):
    services.write("address_changed", "susan@example.com", susan.id)
    assert rows() == []  # rolled back


def test_mail_is_claimed_by_one_of_several_workers(order, at_once):
    order()
    claims = at_once(services.claim, services.claim, services.claim)
    assert sorted(claim is None for claim in claims) == [False, True, True]


def test_workers_claim_different_mails(order, at_once):
    order()
    order()
    claims = at_once(services.claim, services.claim)
    assert len({claim.id for claim in claims}) == 2


def test_worker_that_lost_its_claim_changes_nothing(order, claim, row, later):
    order()
    first = claim()
    later(seconds=121)
    second = claim()
    services.record_failure(first, "slow", permanent=True)
    services.record_sent(first)
    assert (row().state, row().attempts) == (PENDING, 2)
    services.record_sent(second)
    db.session.commit()
    assert row().state == SENT


@pytest.mark.parametrize("seconds", [-60, -5, 5, 60])
def test_worker_whose_clock_differs_takes_no_mail_that_is_being_sent(order, claim, row, later, seconds):
    order()
    first = claim()
    later(seconds=seconds)
    assert claim() is None
    services.record_sent(first)
    db.session.commit()
    assert row().state == SENT


@pytest.mark.parametrize("seconds", [-60, -5, 5, 60])
@pytest.mark.parametrize("is_retried", [False, True])
def test_mail_is_due_at_once_to_a_worker_whose_clock_differs(order, claim, row, later, is_retried, seconds):
    order()
    if is_retried:
        services.record_failure(claim(), "refused", permanent=True)
        services.retry(None)
        db.session.commit()
    later(seconds=seconds)
    assert claim().id == row().id


@pytest.mark.parametrize("recorded", ["sent", "failed", "claimed"])
def test_cancelled_mail_is_not_sent(order, claim, rows, recorded):
    order("Susan@example.com")
    order("other@example.com")
    mail = claim()
    if recorded == "sent":
        services.record_sent(mail)
    if recorded == "failed":
        services.record_failure(mail, "refused", permanent=True)
    services.cancel("address_changed", OutboxMail.recipient == "Susan@example.com")
    db.session.commit()
    assert len(rows()) == (2 if recorded == "sent" else 1)


@pytest.mark.parametrize(("untried", "attempts", "given_up"), [(False, 0, 0), (True, 0, 1), (False, 1, 1)])
def test_overdue_mail_is_given_up(order, claim, row, later, untried, attempts, given_up):
    order()
    for _attempt in range(attempts):
        claim()
    later(days=1, minutes=11)
    assert services.give_up_overdue(untried) == given_up
    db.session.commit()
    assert row().state == (FAILED if given_up else PENDING)
    assert bool(row().error) == bool(given_up)


def test_mail_in_time_is_not_given_up(order, claim, later):
    order()
    claim()
    later(hours=23)
    assert services.give_up_overdue(untried=True) == 0


def test_retried_mail_is_due_now_for_another_day(order, claim, row, later):
    order()
    services.record_failure(claim(), "refused", permanent=True)
    db.session.commit()
    later(hours=30)
    assert services.retry([row().id]) == 1
    db.session.commit()
    assert (row().state, row().attempts, row().ended_at) == (PENDING, 0, None)
    assert row().expires_at - services.utc_now() > timedelta(hours=23)
    assert claim().id == row().id


def test_sent_mail_is_not_retried(order, claim, row):
    order()
    services.record_sent(claim())
    db.session.commit()
    assert services.retry(None) == 0
    assert row().state == SENT
