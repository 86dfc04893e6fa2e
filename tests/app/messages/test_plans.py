"""How SQLite finds what pages of messages and notifications show; MariaDB's plan depends on how full the tables are."""

import pytest

from app.auth.queries import user_of_session
from app.database import db
from app.messages import queries as messages
from app.messages.services import send
from app.notifications import queries as notifications
from app.pagination import Key

KEYS = [Key(), Key(before=10**6), Key(after=0)]


@pytest.fixture
def plan(susan, statements):
    """`plan(read)`: the steps by which SQLite does the last thing that `read()` asks for."""
    if db.engine.dialect.name != "sqlite":
        pytest.skip("SQLite's plan")

    def plan(read):
        with statements() as sent:
            read()
        statement, parameters = sent[-1]
        rows = db.session.connection().exec_driver_sql("EXPLAIN QUERY PLAN " + statement, parameters).all()
        return [row.detail for row in rows]

    return plan


@pytest.fixture
def susan(make_user):
    susan, david = make_user("susan"), make_user("david")
    send(susan.id, david.id, "Hello")
    db.session.commit()
    return susan


def reads_all(steps):
    """The steps that read a whole table, build an index for one query, or sort more than the page."""
    return [
        step
        for step in steps
        if (step.startswith("SCAN") and step.split()[1] in {"user", "message", "conversation", "notification"})
        or "AUTOMATIC" in step
    ]


@pytest.mark.parametrize("key", KEYS)
def test_people(plan, susan, key):
    steps = plan(lambda: messages.people(susan.id, key, 26))
    assert not reads_all(steps)
    assert any("ix_conversation_owner_id_last_message_id (owner_id=?" in step for step in steps), steps


@pytest.mark.parametrize("key", KEYS)
def test_thread(plan, susan, key):
    side = messages.side_of(susan.id, susan.id + 1)
    steps = plan(lambda: messages.thread(side, key, 31))
    assert not reads_all(steps)
    assert not [step for step in steps if "TEMP B-TREE" in step], steps


@pytest.mark.parametrize("key", KEYS)
def test_notifications(plan, susan, key):
    steps = plan(lambda: notifications.notifications(susan.id, key, 26))
    assert not reads_all(steps)
    assert any("USING INDEX ix_notification_user_id (user_id=?" in step for step in steps), steps


def test_the_badges_are_read_from_indexes_alone(plan, susan):
    steps = plan(lambda: user_of_session(susan.session_id))
    assert not reads_all(steps)
    for index in ("ix_conversation_owner_id_unread", "ix_notification_user_id_unread"):
        assert any(f"USING COVERING INDEX {index}" in step for step in steps), steps
