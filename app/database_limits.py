"""Timeouts of every connection that SQLAlchemy opens to a MariaDB or MySQL server.

A server that is frozen, or unreachable behind a firewall, closes no connection: without a bound, a worker waits until
gunicorn kills it. docs/decisions/databases.md shows how the bounds add up to at most 10 s for a request.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from flask import g, has_request_context
from sqlalchemy import Engine, event
from sqlalchemy.engine import Dialect, ExceptionContext
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry


class Limits(NamedTuple):
    """Seconds: to connect, for a locked row or table, for a statement (0: no limit), and for each answer."""

    connect: float
    lock: int
    statement: float
    answer: float


# The server ends a statement before the driver gives up on the answer: the connection can then be used again.
USUAL = Limits(connect=3, lock=3, statement=4, answer=5)
# Long statements: migrations, the deletion of accounts, `flask user recount`, `flask search reindex`, `flask seed`.
PATIENT = Limits(connect=3, lock=60, statement=0, answer=3600)
POOL_TIMEOUT = 1  # seconds to wait for a connection of the pool, where threads share it
PROBE_TIMEOUT = 1  # seconds for each step of the connection that finds out whether the server is back


@dataclass
class State:
    """What this process knows of its server."""

    limits: Limits = USUAL
    is_suspect: bool = False  # a connection was lost or could not be made; none has been made since


state = State()


def init_command(limits: Limits) -> str:
    """Return the statement that sets the server's own limits for a session, in one round trip.

    MariaDB alone runs the first comment, MySQL from 8.0 the second: there, SELECTs alone can be limited, in ms.
    """
    return (
        f"SET SESSION innodb_lock_wait_timeout = {limits.lock}, lock_wait_timeout = {limits.lock} "
        f"/*M!100100 , max_statement_time = {limits.statement} */ "
        f"/*!80000 , max_execution_time = {limits.statement * 1000:.0f} */"
    )


@contextlib.contextmanager
def patiently(engine: Engine) -> Iterator[None]:
    """Within this context, new connections of this process have the limits PATIENT. SQLite has none for statements."""
    if engine.dialect.name != "mysql":
        yield
        return
    engine.dispose()
    state.limits = PATIENT
    try:
        yield
    finally:
        state.limits = USUAL
        engine.dispose()


def note_lost() -> None:
    """Record that the server closed a connection or did not answer: the next connection uses PROBE_TIMEOUT."""
    state.is_suspect = True


@event.listens_for(Engine, "handle_error")
def _note_error(context: ExceptionContext) -> None:
    if context.is_disconnect:
        note_lost()


@event.listens_for(Engine, "do_connect")
def _connect(
    dialect: Dialect, _record: ConnectionPoolEntry, cargs: list[Any], cparams: dict[str, Any]
) -> DBAPIConnection | None:
    """Connect with limits; within a request, fail at once if it failed to connect before."""
    if dialect.name != "mysql":
        return None
    if has_request_context() and "connect_error" in g:
        raise g.connect_error
    limits = state.limits
    given = _timeouts(limits.connect, limits.answer) | {"init_command": init_command(limits)} | cparams
    try:
        if state.is_suspect:
            # A server that hangs would otherwise hold each worker for the full time, request after request.
            dialect.connect(*cargs, **given | _timeouts(PROBE_TIMEOUT, PROBE_TIMEOUT)).close()
        elif limits is PATIENT:  # an hour for a statement, but not for the server's greeting
            dialect.connect(*cargs, **given | _timeouts(USUAL.connect, USUAL.answer)).close()
        connection = dialect.connect(*cargs, **given)
    except dialect.loaded_dbapi.Error as error:
        note_lost()
        if has_request_context():
            g.connect_error = error
        raise
    state.is_suspect = False
    return connection


def _timeouts(connect: float, answer: float) -> dict[str, float]:
    # One value for reading and writing: PyMySQL sets the socket's timeout again whenever it changes.
    return {"connect_timeout": connect, "read_timeout": answer, "write_timeout": answer}
