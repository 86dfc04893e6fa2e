"""The database session, the base class of models, and the differences between SQLite and MySQL or MariaDB."""

import contextlib
import functools
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, TypeVarTuple, cast

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    Connection,
    CursorResult,
    DateTime,
    Engine,
    MetaData,
    Result,
    ScalarSelect,
    Select,
    SQLColumnExpression,
    event,
    func,
    inspect,
    select,
)
from sqlalchemy.dialects import mysql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator, TypeEngine

from app import sqlite_connections

# A migration can only drop a constraint that has a name.
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

CLOSE_TIMEOUT = 500  # ms to wait for SQLite's locks at the end of a process, which must not wait for long

LARGEST_ID = 2**63 - 1  # the largest parameter that SQLite's driver accepts

# utf8mb4 stores every character; its binary collation distinguishes 🍣 from 🍺 and a from á. Names that are unique
# regardless of case have a normalized key in another column, which works the same on every database.
TABLE_OPTIONS: dict[str, Any] = {"mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin", "mysql_engine": "InnoDB"}


class Model(DeclarativeBase):
    """The base class of all models.

    Models derive from it rather than from `db.Model`, which Flask-SQLAlchemy creates at run time and type checkers
    do not know. Both have the same metadata and registry.
    """

    metadata = MetaData(naming_convention=NAMING)
    __table_args__: Any = TABLE_OPTIONS

    def __repr__(self) -> str:
        """Return `<Post 1>`, with the primary key, or `<Post (not stored)>`."""
        identity = inspect(self).identity
        return f"<{type(self).__name__} {', '.join(map(str, identity)) if identity else '(not stored)'}>"


Ts = TypeVarTuple("Ts")

db = SQLAlchemy(model_class=Model, disable_autonaming=True)


def init_app(app: Flask) -> None:
    """Bind the session to `app`."""
    db.init_app(app)
    app.teardown_appcontext(_end)


def _end(_error: BaseException | None = None) -> None:
    if db.session.registry.has():
        roll_back()


def roll_back() -> None:
    """Roll back the session; if the server has gone, give up its connection instead of raising."""
    try:
        db.session.rollback()
    except SQLAlchemyError:
        db.session().invalidate()


@contextlib.contextmanager
def begin_unless_locked() -> Iterator[Connection]:
    """Begin a transaction apart from the session's, in which a write doesn't wait for SQLite's write lock.

    On a server, lock rows by `with_for_update(nowait=True)` first, which SQLite ignores. Both raise OperationalError.
    """
    with db.engine.begin() as connection:
        if connection.dialect.name != "sqlite":
            yield connection
            return
        connection.exec_driver_sql("PRAGMA busy_timeout=0")
        try:
            yield connection
        finally:
            connection.exec_driver_sql(f"PRAGMA busy_timeout={sqlite_connections.BUSY_TIMEOUT}")


class UTCDateTime(TypeDecorator[datetime]):
    """An aware datetime in UTC, stored as a DATETIME with microseconds."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[datetime]:
        if dialect.name == "mysql":
            return dialect.type_descriptor(mysql.DATETIME(fsp=6))
        return dialect.type_descriptor(DateTime())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:  # astimezone would assume the server's time zone
            raise ValueError(f"{value!r} has no time zone; use utc_now() or an aware datetime")
        return value.astimezone(UTC).replace(tzinfo=None)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None]:
        """Return a function that reads a DATETIME as the driver returns it: text from SQLite, a naive datetime else."""
        return _read_text if dialect.name == "sqlite" else _read_datetime


# Cached: pages show the same moments again and again, and to parse one, and compute the hash that it keeps, takes 3 µs.
@functools.lru_cache(10_000)  # 2 MB
def _read_text(value: str | None) -> datetime | None:
    return datetime.fromisoformat(f"{value}+00:00") if value else None


@functools.lru_cache(10_000)
def _read_datetime(value: datetime | None) -> datetime | None:
    return value.replace(tzinfo=UTC) if value else None


def insert_if_absent(table: type[Model], **values: Any) -> None:
    """Insert a row unless its unique key exists; on MySQL the row is locked until the commit in both cases.

    An INSERT that fails as a duplicate would leave only a shared lock there: two transactions that then update the row
    would deadlock.
    """
    if db.session.get_bind().dialect.name == "mysql":
        insert = mysql.insert(table).values(**values)
        column = next(iter(values))
        db.session.execute(insert.on_duplicate_key_update({column: insert.inserted[column]}))
    else:
        db.session.execute(sqlite.insert(table).values(**values).on_conflict_do_nothing())


def lock_rows(query: Select[*Ts], shared: bool = False) -> Result[*Ts]:
    """Run a SELECT, and keep what it returns from changing until the commit; `shared`: others may do the same.

    A server locks the rows, SQLite the whole database against writing. Objects that the session has loaded before are
    refreshed. Prepare what takes long, such as hashes of passwords, before.
    """
    connection = db.session.connection()
    if connection.dialect.name == "sqlite":
        _begin_immediately(connection)
    return db.session.execute(query.with_for_update(read=shared).execution_options(populate_existing=True))


def changed(result: Result[*tuple[Any, ...]]) -> int:
    """Return the number of rows that an UPDATE or a DELETE matched; `result` is what the session's execute returned."""
    return cast(CursorResult[*tuple[Any, ...]], result).rowcount


def id_of(digits: str) -> int:
    """Return the id that a string of digits denotes, at most LARGEST_ID.

    The length is compared first: `int` refuses strings of thousands of digits.
    """
    return min(int(digits), LARGEST_ID) if len(digits) <= len(str(LARGEST_ID)) else LARGEST_ID


def utc_now() -> datetime:
    """Return the current time as an aware datetime in UTC."""
    return datetime.now(UTC)


def count_rows(column: SQLColumnExpression[int], value: SQLColumnExpression[int]) -> ScalarSelect[int]:
    """Return a scalar subquery that counts the rows with `value` in `column`, using the index of the column alone."""
    return select(func.count()).where(column == value).scalar_subquery()


def empty_log() -> None:
    """Copy SQLite's write-ahead log to the database file and empty it: it still holds pages that were overwritten.

    Does nothing on a server, nor as long as another process reads the log. The session must have no transaction.
    """
    if db.engine.dialect.name == "sqlite":
        with db.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def close() -> None:
    """At the end of a process: leave all data of SQLite in the database file alone, without a log beside it.

    Python closes no connection at its end, so SQLite would keep the newest changes in the log. Waits at most
    CLOSE_TIMEOUT for other processes; the last one that ends does it then.
    """
    if db.engine.dialect.name == "sqlite":
        with contextlib.suppress(SQLAlchemyError), db.engine.connect() as connection:
            connection.exec_driver_sql(f"PRAGMA busy_timeout={CLOSE_TIMEOUT}")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    db.engine.dispose()


@event.listens_for(Engine, "savepoint")
def _begin_before_savepoint(connection: Connection, _name: str) -> None:
    """Begin a transaction before a savepoint on SQLite, as other databases do.

    Python's driver begins a transaction before the first write only; a savepoint before it would be the outermost, and
    its release a commit.
    """
    if connection.dialect.name == "sqlite":
        _begin_immediately(connection)


def _begin_immediately(connection: Connection) -> None:
    """Begin a transaction of SQLite that has the write lock, unless one has begun; waits as a write would."""
    driver_connection = connection.connection.dbapi_connection
    if driver_connection and not driver_connection.in_transaction:
        connection.exec_driver_sql("BEGIN IMMEDIATE TRANSACTION")
