"""What is logged while the database fails, and what it is mailed."""

import logging
import os
import sqlite3

import pytest
from sqlalchemy.exc import OperationalError

from app import outages
from app.outages import Outage, is_busy, reason


@pytest.fixture
def clock(monkeypatch):
    """`clock(seconds)`: set the clock of outages forward."""
    now = outages.time.monotonic()

    def forward(seconds):
        nonlocal now
        now += seconds

    monkeypatch.setattr(outages.time, "monotonic", lambda: now)
    return forward


@pytest.fixture
def levels(caplog):
    """`levels()`: return the levels of the lines since the last call."""

    def levels():
        found = [record.levelname for record in caplog.records]
        caplog.clear()
        return found

    return levels


def failure(*arguments):
    return OperationalError("SELECT secret", {}, Exception(*arguments))


def test_outage_is_one_error_and_then_a_warning_a_minute(clock, levels):
    outage = Outage()
    for _second in range(121):
        outage.report(logging.ERROR, "away")
        clock(1)
    assert levels() == ["ERROR", "WARNING", "WARNING"]


def test_failure_after_five_quiet_minutes_is_another_outage(clock, levels):
    outage = Outage()
    for seconds in (60, 299, 301):
        outage.report(logging.ERROR, "away")
        clock(seconds)
    outage.report(logging.ERROR, "away")
    assert levels() == ["ERROR", "WARNING", "WARNING", "ERROR"]


def test_forked_workers_log_an_outage_once(levels):
    outage = Outage()
    child = os.fork()
    if child == 0:
        outage.report(logging.ERROR, "away")
        os._exit(0)
    os.waitpid(child, 0)
    outage.report(logging.ERROR, "away")
    assert levels() == []


def test_locks_do_not_hide_that_the_database_is_away(app, levels):
    outages.report_database(failure(1213, "Deadlock found"))
    outages.report_database(failure(2003, "Can't connect"))
    outages.report_database(failure(1205, "Lock wait timeout exceeded"))
    assert levels() == ["ERROR", "ERROR"]


@pytest.mark.parametrize(
    ("error", "busy"),
    [
        (failure(1205, "Lock wait timeout exceeded"), True),
        (failure(1969, "max_statement_time exceeded"), True),
        (failure(2013, "Lost connection"), False),
        (failure(), False),
        (sqlite3.OperationalError("unable to open database file"), False),
    ],
    ids=str,
)
def test_locks_and_limits_are_busy_and_other_failures_are_not(error, busy):
    assert is_busy(error) is busy


def test_reason_is_one_line_without_the_statement():
    assert reason(failure(2013, "Lost\nconnection")) == "(2013, 'Lost\\nconnection')"
    assert reason(failure("database\nis locked")) == "database is locked"
