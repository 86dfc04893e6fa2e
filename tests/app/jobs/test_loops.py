import logging
import threading

import pytest
from sqlalchemy.exc import OperationalError

from app.jobs import loops
from app.jobs.loops import Loop

CALLS, ERRORS = [], []


def make_body():
    """Return a function that raises the next error of ERRORS, and that stops the loop when none is left."""

    def body(is_stopping):
        CALLS.append(is_stopping())
        if ERRORS:
            raise ERRORS.pop(0)
        STOP.set()

    return body


STOP = threading.Event()


@pytest.fixture
def run_loop(app, monkeypatch):
    """`run_loop(error, …)`: run a loop whose calls raise these errors, then end it."""
    monkeypatch.setattr(loops, "INTERVAL", 0.001)
    monkeypatch.setattr(loops, "PAUSE", 0.001)

    def run_loop(*errors):
        STOP.clear()
        CALLS.clear()
        ERRORS[:] = errors
        loop = Loop(app, f"{__name__}:make_body", STOP)
        loop.start()
        loop.join(10)
        assert not loop.is_alive()

    return run_loop


def away():
    return OperationalError("SELECT 1", {}, Exception("server\nhas gone away"))


def test_loop_calls_its_function_until_it_is_stopped(run_loop, caplog):
    run_loop()
    assert CALLS == [False]
    assert caplog.records == []


def test_database_that_is_away_is_logged_once(run_loop, caplog):
    run_loop(away(), away(), away())
    assert len(CALLS) == 4
    [record] = caplog.records
    assert record.getMessage() == "database: server has gone away"
    assert record.exc_info is None


def test_other_error_is_logged_and_the_loop_goes_on(run_loop, caplog):
    run_loop(KeyError("x"))
    assert len(CALLS) == 2
    [record] = caplog.records
    assert (record.levelno, record.exc_info[0]) == (logging.ERROR, KeyError)
