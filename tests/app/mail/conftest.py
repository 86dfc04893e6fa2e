"""Fixtures of the tests of the outbox."""

import pytest

from app.database import db
from app.mail import sending, services
from app.mail.models import OutboxMail


@pytest.fixture
def order(susan):
    """`order(…)`: put a mail to susan, or to another recipient, into the outbox, and commit."""

    def order(recipient="susan@example.com", kind="address_changed"):
        services.write(kind, recipient, susan.id)
        db.session.commit()

    return order


@pytest.fixture
def sender(context):
    """What the worker calls each second."""
    return sending.Sender()


@pytest.fixture
def send_due(sender):
    """`send_due()`: send what is due, as the worker does."""

    def send_due():
        sender(is_stopping=lambda: False)

    return send_due


@pytest.fixture
def rows(context):
    """`rows()`: the rows of the outbox, oldest first, as the database holds them now."""

    def rows():
        db.session.rollback()
        db.session.expire_all()
        return db.session.query(OutboxMail).order_by(OutboxMail.id).all()

    return rows


@pytest.fixture
def row(rows):
    """`row()`: the only row of the outbox."""

    def row():
        [only] = rows()
        return only

    return row


@pytest.fixture
def later(monkeypatch):
    """`later(seconds=…)`: move the clock of the outbox."""
    from datetime import timedelta

    now = services.utc_now
    passed = timedelta()

    def later(**time):
        nonlocal passed
        passed += timedelta(**time)

    monkeypatch.setattr(services, "utc_now", lambda: now() + passed)
    return later
