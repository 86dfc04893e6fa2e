"""The database: one session per request, and what differs between SQLite and MySQL/MariaDB."""

import contextlib
import errno
import os
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, Engine, MetaData, event, text
from sqlalchemy.dialects import mysql, sqlite
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

from config import sqlite_path

# A constraint without a name can't be dropped by a later migration.
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

LARGEST_ID = 2**63 - 1  # what an integer column of any of our databases can be compared with

# utf8mb4 holds every character; its binary collation keeps 🍣 and 🍺, a and á apart. Names that must be unique
# whatever their case have a canonical key beside them, the same on every database.
TABLE_OPTIONS = {"mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin", "mysql_engine": "InnoDB"}


class Model(DeclarativeBase):
    """The base of every table."""

    metadata = MetaData(naming_convention=NAMING)
    __table_args__: Any = TABLE_OPTIONS


db = SQLAlchemy(model_class=Model)


class UTCDateTime(TypeDecorator):
    """A moment: an aware datetime in UTC outside, a DATETIME with microseconds in the database."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect):
        if dialect.name == "mysql":
            return dialect.type_descriptor(mysql.DATETIME(fsp=6))
        return dialect.type_descriptor(DateTime())

    def process_bind_param(self, value, dialect):
        if value is None:
            return None
        if value.tzinfo is None:  # astimezone would take it for the server's local time
            raise ValueError(f"{value!r} has no time zone; use utc_now() or an aware datetime")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value, dialect):
        return value and value.replace(tzinfo=UTC)


def insert_if_absent(table: type[Model], **values) -> None:
    """Insert a row unless one with its unique key is there, which is then locked until the commit as a new one is.

    (An INSERT that fails for a duplicate leaves MariaDB with a shared lock: two that want to go on and change the row
    then wait for each other.)
    """
    if db.session.get_bind().dialect.name == "mysql":
        statement = mysql.insert(table).values(**values)
        column = next(iter(values))
        db.session.execute(statement.on_duplicate_key_update({column: statement.inserted[column]}))
    else:
        db.session.execute(sqlite.insert(table).values(**values).on_conflict_do_nothing())


def id_of(digits: str) -> int:
    """The id of those digits, LARGEST_ID for a larger one. (Python itself refuses to read thousands of digits.)"""
    return min(int(digits), LARGEST_ID) if len(digits) <= len(str(LARGEST_ID)) else LARGEST_ID


def utc_now() -> datetime:
    """Now, aware, in UTC."""
    return datetime.now(UTC)


@event.listens_for(Engine, "connect")
def _prepare_connection(connection, _record):
    """SQLite: a writer that waits its turn, readers beside it (WAL), foreign keys that hold."""
    if type(connection).__module__.startswith("sqlite3"):
        # In this order: the switch to WAL may have to wait for another process that makes it.
        for pragma in ("busy_timeout=5000", "journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "savepoint")
def _begin_before_savepoint(connection, _name):
    """SQLite: a savepoint inside of a transaction, as on other databases.

    Python's driver begins a transaction at the first write only; a savepoint before it would be the outermost, which
    commits when it is released. IMMEDIATE waits its turn, as the write that follows would.
    """
    if connection.dialect.name == "sqlite" and not connection.connection.dbapi_connection.in_transaction:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


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
        _prepare_connection(connection.connection.driver_connection, None)


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
