"""What an upgrade of the schema needs: a database that answers, a directory to write to, one migration at a time."""

import contextlib
import errno
import os
import tempfile
import time
from collections.abc import Callable

from sqlalchemy import Engine, text
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError, OperationalError

from app.database import set_pragmas
from config import sqlite_path


def is_modelled(name: str | None, kind: str, _parents: dict) -> bool:
    """Whether Alembic compares what it finds with the models: not the indexes of search, which databases keep for
    themselves (FTS5 in tables, FULLTEXT as an index)."""
    return kind not in ("table", "index") or name is None or "_search_index" not in name


class DatabaseAway(Exception):
    """The database did not answer in time; the message is one line without its password."""


class BrokenReferences(Exception):
    """A migration would leave rows that refer to nothing; the message is one line."""


def prepare_directory(url: str) -> None:
    """Make the folder of an SQLite database. Raises OSError where it, or the database in it, can't be written.

    The database itself is never opened here: closing it would drop the locks that SQLite holds on it in this process
    (https://sqlite.org/howtocorrupt.html, section 2.2).
    """
    path = sqlite_path(url)
    if path is None:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=path.parent):  # SQLite makes files beside the database too
        pass
    if path.exists() and not os.access(path, os.R_OK | os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))


def wait_until_ready(engine: Engine, seconds: float, on_wait: Callable[[str], None] = lambda where: None) -> None:
    """Return once the database answers; raise DatabaseAway when it has not after `seconds`.

    A wrong password or database name is given the same patience: a server that is being set up says so too.
    `on_wait` is told the address, once, when the first attempt has failed.
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
            reason = error.orig.args[-1]  # PyMySQL puts the server's code before it
            if not isinstance(error, OperationalError):  # a file that is no database will not become one
                raise DatabaseAway(f"{where} can't be used: {reason}; is DATABASE_URL right?") from error
            if time.monotonic() >= end:
                raise DatabaseAway(
                    f"{where} did not answer within {seconds:g} s: {reason}; is it running, and DATABASE_URL right?"
                ) from error
        if not waiting:
            waiting = True
            on_wait(where)
        time.sleep(0.5)


@contextlib.contextmanager
def migration_lock(connection: Connection, seconds: int):
    """Let one process at a time change the schema; another waits for it, `seconds` at most.

    The lock ends with the process that holds it, however that ends. Raises DatabaseAway when the wait is over.
    """
    hold = _hold_write_lock if connection.dialect.name == "sqlite" else _hold_named_lock
    with hold(connection, seconds):
        yield


@contextlib.contextmanager
def _hold_write_lock(connection, seconds):
    """SQLite: one transaction with the file's only write lock, so a migration that fails leaves nothing behind.

    Foreign keys are not enforced meanwhile, and checked before the commit: a batch migration builds a table anew and
    drops the old one, which would delete the rows of other tables that refer to it (https://sqlite.org/lang_altertable.html).
    """
    try:
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.exec_driver_sql(f"PRAGMA busy_timeout={seconds * 1000}")
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        except OperationalError as error:
            raise _migrating_for(seconds) from error
        yield
        if orphans := connection.exec_driver_sql("PRAGMA foreign_key_check").all():
            raise BrokenReferences(f"{len(orphans)} rows refer to nothing, the first in {orphans[0][0]!r}")
        connection.commit()
    finally:
        connection.rollback()
        set_pragmas(connection.connection.driver_connection)


@contextlib.contextmanager
def _hold_named_lock(connection, seconds):
    """MySQL, MariaDB: GET_LOCK, which belongs to the connection. Their DDL commits, so each migration does too."""
    name = f"migrate {connection.engine.url.database}"[:64]  # the server's limit
    if not connection.scalar(text("SELECT GET_LOCK(:name, :seconds)"), {"name": name, "seconds": seconds}):
        raise _migrating_for(seconds)
    connection.commit()  # Alembic commits after each migration only when no transaction is open
    try:
        yield
    finally:
        connection.rollback()
        connection.execute(text("SELECT RELEASE_LOCK(:name)"), {"name": name})


def _migrating_for(seconds) -> DatabaseAway:
    return DatabaseAway(f"another process has been changing the database for {seconds} s; see its log")
