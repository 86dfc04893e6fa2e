"""Log failures of the database or the job queue: one line a minute, the first one an error, which is mailed."""

import logging
import mmap
import re
import struct
import time
from typing import Any

from sqlalchemy.exc import InterfaceError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

log = logging.getLogger(__name__)

# Raised while the database is down, or for locks, timeouts and a full disk.
DATABASE_ERRORS = (OperationalError, InterfaceError, InternalError, PoolTimeoutError)

INTERVAL = 60  # seconds between two lines
QUIET = 300  # seconds without a failure that end an outage

# A lock that was held too long, a deadlock, a statement over its limit (of MariaDB, of MySQL).
BUSY = {1205, 1213, 1969, 3024}
SQLITE_BUSY = {5, 6}  # the primary result codes SQLITE_BUSY and SQLITE_LOCKED

# No such table or column: the codes of MariaDB and MySQL, and the messages of SQLite, which has no codes for them.
MISSING = {1054, 1146}
SQLITE_MISSING = re.compile(r"no such (table|column): |table \w+ has no column named ")


class Outage:
    """The failures of one kind, of this process and of those that it forks."""

    _FORM = struct.Struct("dd")  # when it failed last, and when that was logged last, by time.monotonic()

    def __init__(self) -> None:
        # Anonymous memory, which gunicorn's workers share: they are forked after this module is loaded.
        self._memory = mmap.mmap(-1, self._FORM.size)
        self.reset()

    def reset(self) -> None:
        """Forget the failures."""
        self._FORM.pack_into(self._memory, 0, float("-inf"), float("-inf"))

    def report(self, level: int, message: str, *values: Any) -> None:
        """Log the first failure of an outage at `level`, and one a minute of the others as a warning."""
        failed_at, logged_at = self._FORM.unpack_from(self._memory)
        now = time.monotonic()
        is_due = now - logged_at >= INTERVAL
        self._FORM.pack_into(self._memory, 0, now, now if is_due else logged_at)
        if is_due:
            log.log(level if now - failed_at >= QUIET else logging.WARNING, message, *values)


database_away, database_busy, job_queue = Outage(), Outage(), Outage()


def reset() -> None:
    """Forget all failures: for tests."""
    for outage in (database_away, database_busy, job_queue):
        outage.reset()


def report_database(error: BaseException, level: int = logging.ERROR) -> None:
    """Report one of DATABASE_ERRORS. Locks are counted separately: they must not hide an outage."""
    (database_busy if is_busy(error) else database_away).report(level, "database: %s", reason(error))


def is_busy(error: BaseException) -> bool:
    """Return whether the database answered, but was blocked by other work."""
    cause = _cause(error)
    code = cause.args[0] if cause.args else None
    return code in BUSY or getattr(cause, "sqlite_errorcode", 0) & 0xFF in SQLITE_BUSY


def is_failure(error: BaseException) -> bool:
    """Return whether the database failed, and not the code that uses it."""
    return isinstance(error, DATABASE_ERRORS) or lacks_schema(error)


def lacks_schema(error: BaseException) -> bool:
    """Return whether the database lacks a table or a column: no migration has run, or the newest has not."""
    cause = _cause(error)
    code = cause.args[0] if cause.args else None
    return code in MISSING or SQLITE_MISSING.match(str(cause)) is not None


def reason(error: BaseException) -> str:
    """Return the driver's message on one line, without the statement; for a missing schema, with the remedy."""
    text = " ".join(str(_cause(error)).split())
    return f"the schema is missing or outdated: {text}; run: flask db upgrade" if lacks_schema(error) else text


def _cause(error: BaseException) -> BaseException:
    """Return the driver's error, which SQLAlchemy and peewee keep as `orig`."""
    return getattr(error, "orig", None) or error
