"""The database: one session per request, and what differs between SQLite and MySQL/MariaDB."""

import contextlib
import fcntl
import time
from datetime import UTC, datetime
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, Engine, MetaData, event, text
from sqlalchemy.dialects import mysql
from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError
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
        return value and value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value, dialect):
        return value and value.replace(tzinfo=UTC)


def utc_now() -> datetime:
    """Now, aware, in UTC."""
    return datetime.now(UTC)


@event.listens_for(Engine, "connect")
def _prepare_connection(connection, _record):
    """SQLite: readers beside a writer (WAL), a writer that waits its turn, foreign keys that hold."""
    if type(connection).__module__.startswith("sqlite3"):
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=5000", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")


@event.listens_for(Engine, "savepoint")
def _begin_before_savepoint(connection, _name):
    """SQLite: a savepoint inside of a transaction, as on other databases.

    Python's driver begins a transaction at the first write only; a savepoint before it would be the outermost, which
    commits when it is released. IMMEDIATE waits its turn, as the write that follows would.
    """
    if connection.dialect.name == "sqlite" and not connection.connection.dbapi_connection.in_transaction:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


class DatabaseAway(Exception):
    """The database did not answer in time; the message is one line without its password."""


def prepare_directory(url: str) -> None:
    """Make the folder of an SQLite database. Raises OSError where it can't be made or written."""
    path = sqlite_path(url)
    if path is None:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.closing(open(path, "ab")):  # the same right that SQLite will need
        pass


def wait_until_ready(engine: Engine, seconds: float) -> None:
    """Return once the database answers; raise DatabaseAway when it has not after `seconds`.

    A wrong password or database name is given the same patience: a server that is being set up says so too.
    """
    end = time.monotonic() + seconds
    while True:
        try:
            with engine.connect() as connection:
                connection.execute(text("SELECT 1"))
            return
        except OperationalError as error:
            if time.monotonic() >= end:
                where = engine.url.render_as_string(hide_password=True)
                raise DatabaseAway(f"{where} did not answer within {seconds:g} s: {error.orig}") from error
            time.sleep(0.5)


@contextlib.contextmanager
def migration_lock(connection: Connection, seconds: int):
    """Let one process at a time change the schema; another waits for it, `seconds` at most.

    SQLite: flock(2) on a file beside the database. MySQL and MariaDB: GET_LOCK, which belongs to `connection` and
    so ends with the process that holds it. Raises DatabaseAway when the wait is over.
    """
    path = sqlite_path(connection.engine.url)
    if path is not None:
        with open(path.with_name(path.name + ".migrate.lock"), "w", encoding="utf-8") as file:
            _flock(file, seconds)
            yield
    elif connection.dialect.name == "mysql":
        name = f"migrate {connection.engine.url.database}"[:64]  # the server's limit
        if not connection.scalar(text("SELECT GET_LOCK(:name, :seconds)"), {"name": name, "seconds": seconds}):
            raise DatabaseAway(f"another process has been migrating for {seconds} s; see its log")
        try:
            yield
        finally:
            connection.execute(text("SELECT RELEASE_LOCK(:name)"), {"name": name})
    else:
        yield


def _flock(file, seconds):
    end = time.monotonic() + seconds
    while True:
        try:
            return fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() >= end:
                raise DatabaseAway(f"another process has been migrating for {seconds} s; see its log") from error
            time.sleep(0.1)

