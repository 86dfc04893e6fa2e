"""SQLite's query plans of messages and notifications. (MariaDB's depend on the number of rows.)"""

import pytest

from app.auth.queries import user_of_session
from app.auth.services import start_session
from app.database import db
from app.messages import queries as messages
from app.messages.services import send
from app.notifications import queries as notifications
from app.pagination import Key

KEYS = [Key(), Key(before=10**6), Key(after=0)]


@pytest.fixture
def plan(susan, statements):
    """`plan(read)`: the steps of SQLite's plan for the last statement of `read()`."""
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


def full_scans(steps):
    """The steps that scan a whole table or build an automatic index."""
    return [
        step
        for step in steps
        if (step.startswith("SCAN") and step.split()[1] in {"user", "message", "conversation", "notification"})
        or "AUTOMATIC" in step
    ]


@pytest.mark.parametrize("key", KEYS)
def test_conversations_are_read_by_index(plan, susan, key):
    steps = plan(lambda: messages.people(susan.id, key, 26))
    assert not full_scans(steps)
    assert any("ix_conversation_owner_id_last_message_id (owner_id=?" in step for step in steps), steps


@pytest.mark.parametrize("key", KEYS)
def test_thread_is_read_by_index(plan, susan, key):
    side = messages.side_of(susan.id, susan.id + 1)
    steps = plan(lambda: messages.thread(side, key, 31))
    assert not full_scans(steps)
    assert not [step for step in steps if "TEMP B-TREE" in step], steps


@pytest.mark.parametrize("key", KEYS)
def test_notifications_are_read_by_index(plan, susan, key):
    steps = plan(lambda: notifications.notifications(susan.id, key, 26))
    assert not full_scans(steps)
    assert any("USING INDEX ix_notification_user_id (user_id=?" in step for step in steps), steps


def test_unread_counts_are_read_from_covering_indexes(plan, susan):
    token = start_session(susan, "", remember=False)
    steps = plan(lambda: user_of_session(token))
    assert not full_scans(steps)
    assert any("login_session USING INDEX" in step and "(token_hash=?)" in step for step in steps), steps
    for index in ("ix_conversation_owner_id_unread", "ix_notification_user_id_unread_kind"):
        assert any(f"USING COVERING INDEX {index}" in step for step in steps), steps
