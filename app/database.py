"""The database: one session per request, and the differences between SQLite and MySQL or MariaDB."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    DateTime,
    Engine,
    MetaData,
    ScalarSelect,
    SQLColumnExpression,
    event,
    func,
    select,
)
from sqlalchemy.dialects import mysql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.types import TypeDecorator

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

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None]:
        """Read a DATETIME in UTC: as text from SQLite, as a naive datetime from PyMySQL."""
        return _read_text if dialect.name == "sqlite" else _read_datetime


def _read_text(value: str | None) -> datetime | None:
    return datetime.fromisoformat(f"{value}+00:00") if value else None


def _read_datetime(value: datetime | None) -> datetime | None:
    return value.replace(tzinfo=UTC) if value else None


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


def count_rows(column: SQLColumnExpression[int], value: SQLColumnExpression[int]) -> ScalarSelect[int]:
    """A scalar subquery: the number of rows that have `value` in `column`, read from the column's index alone."""
    return select(func.count()).where(column == value).scalar_subquery()


@event.listens_for(Engine, "connect")
def set_pragmas(connection: DBAPIConnection, _record: ConnectionPoolEntry | None = None) -> None:
    """SQLite: let writers wait for one another, readers go on beside them (WAL), and foreign keys hold."""
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
