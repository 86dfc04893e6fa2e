"""Wait for the database, and allow one process at a time to migrate it."""

import contextlib
import errno
import os
import re
import tempfile
import time
from collections.abc import Callable, Iterator

from sqlalchemy import Engine, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError, OperationalError

from app import sqlite_connections
from app.settings import ConfigError
from app.settings.database_url import sqlite_path

# PyMySQL's error for a way of authentication that it does not know, such as MariaDB's parsec.
UNKNOWN_PLUGIN = re.compile(r"Authentication plugin '(?:b')?([\w-]+)'+ not configured")


class DatabaseUnavailable(Exception):
    """The database did not answer in time; the message is one line without the password."""


class BrokenReferences(Exception):
    """A migration would leave orphaned rows; the message is one line."""


def prepare_directory(url: str) -> None:
    """Create the folder of an SQLite database. Raises OSError if the folder or the database is not writable.

    Never opens the database file: closing it would drop the locks that SQLite holds on it in this process
    (https://sqlite.org/howtocorrupt.html, section 2.2).
    """
    path = sqlite_path(url)
    if path is None:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=path.parent):  # SQLite creates files next to the database too
        pass
    if path.exists() and not os.access(path, os.R_OK | os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))


def wait_until_ready(engine: Engine, seconds: float, on_wait: Callable[[str], None] = lambda where: None) -> None:
    """Wait until the database answers. Raises DatabaseUnavailable after `seconds`, ConfigError if none helps.

    A wrong password or database name is retried too: a server reports them while it is being set up. `on_wait` is
    called once, with the URL, after the first failed attempt.
    """
    where = engine.url.render_as_string(hide_password=True)
    end = time.monotonic() + seconds
    waiting = False
    while True:
        try:
            with engine.connect() as connection:
                connection.execute(text("SELECT 1 FROM (SELECT 1) AS one"))
            return
        except DBAPIError as error:
            reason = error.orig.args[-1] if error.orig else error  # PyMySQL puts the error code first
            if plugin := UNKNOWN_PLUGIN.fullmatch(str(reason)):
                raise ConfigError(
                    f"{where} identifies its user by {plugin[1]}, which is not supported; let the server identify the "
                    f"user by ed25519, mysql_native_password or caching_sha2_password"
                ) from error
            if not isinstance(error, OperationalError):  # no retry helps, as for a file that is not a database
                raise DatabaseUnavailable(f"{where} can't be used: {reason}; check DATABASE_URL") from error
            if time.monotonic() >= end:
                raise DatabaseUnavailable(
                    f"{where} did not answer within {seconds:g} s: {reason}; check that it is running, and DATABASE_URL"
                ) from error
        except Exception as error:  # PyMySQL's, of a way of authentication that it has half of, such as PAM's
            raise ConfigError(
                f"{where}: the driver fails with {type(error).__name__}; check how the server identifies the user"
            ) from error
        if not waiting:
            waiting = True
            on_wait(where)
        time.sleep(0.5)


@contextlib.contextmanager
def migration_lock(connection: Connection, seconds: int, on_wait: Callable[[], None] = lambda: None) -> Iterator[None]:
    """Hold the lock that lets one process at a time change the schema.

    The lock ends with its process, even after a crash. `on_wait` is called once if another process holds it. Raises
    DatabaseUnavailable if it is not free within `seconds`.
    """
    hold = _hold_write_lock if connection.dialect.name == "sqlite" else _hold_named_lock
    with hold(connection, seconds, on_wait):
        yield


@contextlib.contextmanager
def _hold_write_lock(connection: Connection, seconds: int, on_wait: Callable[[], None]) -> Iterator[None]:
    """Hold SQLite's write lock in one transaction, which a failed migration rolls back.

    Foreign keys are off until a check before the commit: a batch migration copies a table and drops the old one,
    which would delete rows that refer to it (https://sqlite.org/lang_altertable.html).
    """
    try:
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        try:
            _begin_immediate(connection, 0)
        except OperationalError:
            on_wait()
            try:
                _begin_immediate(connection, seconds)
            except OperationalError as error:
                raise _migrating_for(seconds) from error
        yield
        if orphans := connection.exec_driver_sql("PRAGMA foreign_key_check").all():
            raise BrokenReferences(f"orphaned rows: {len(orphans)}, the first in table {orphans[0][0]!r}")
        connection.commit()
    finally:
        connection.rollback()
        sqlite_connections.configure(connection.connection.driver_connection)


def _begin_immediate(connection: Connection, seconds: int) -> None:
    connection.exec_driver_sql(f"PRAGMA busy_timeout={seconds * 1000}")
    connection.exec_driver_sql("BEGIN IMMEDIATE")


@contextlib.contextmanager
def _hold_named_lock(connection: Connection, seconds: int, on_wait: Callable[[], None]) -> Iterator[None]:
    """Hold GET_LOCK of MySQL and MariaDB, which belongs to the connection. Each migration commits: DDL does there."""
    name = f"migrate {connection.engine.url.database}"[:64]  # the server's limit
    get_lock = text("SELECT GET_LOCK(:name, :seconds)")
    if not connection.scalar(get_lock, {"name": name, "seconds": 0}):
        on_wait()
        if not connection.scalar(get_lock, {"name": name, "seconds": seconds}):
            raise _migrating_for(seconds)
    connection.commit()  # Alembic commits each migration only if no transaction is open
    try:
        yield
    finally:
        connection.rollback()
        connection.execute(text("SELECT RELEASE_LOCK(:name)"), {"name": name})


def _migrating_for(seconds: int) -> DatabaseUnavailable:
    return DatabaseUnavailable(f"another process has held the migration lock for {seconds} s; see its log")
