"""Storage of Huey's queue: the application's database or Redis, both with timeouts."""

from typing import Any

from flask import Flask
from huey.contrib.sql_huey import SqlStorage
from huey.storage import RedisStorage
from peewee import Database, MySQLDatabase, PeeweeException, SqliteDatabase
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import Engine, NullPool, create_engine

from app import outages, redis_limits
from app.database import db
from app.outages import DATABASE_ERRORS
from app.sqlite_connections import BUSY_TIMEOUT

# What any use of the queue can raise.
QUEUE_ERRORS = (PeeweeException, RedisError, *DATABASE_ERRORS)


class InDatabase(SqlStorage):
    """Huey's storage in SQL, with tables that a migration creates."""

    def create_models(self) -> list[Any]:
        """Return peewee's models of the tables, named `huey_task` and so on instead of Huey's `task`."""
        models: list[Any] = super().create_models()
        for model in models:
            model._meta.set_table_name(f"huey_{model.__name__.lower()}")
        return models

    def dequeue(self) -> bytes | None:
        """Return the next message, or None.

        Reads before it begins Huey's write transaction, for which the other writers of SQLite would have to wait.
        """
        self.check_conn()
        if not self.tasks(self.Task.id).exists():
            return None
        try:
            found: bytes | None = super().dequeue()
        except PeeweeException:
            self.close()  # SQLite never writes on a connection that it opened while its volume was read-only
            raise
        return found


class InRedis(RedisStorage):
    """Huey's storage in Redis. Views wait for it as briefly as for rate limits, and share their pause."""

    def __init__(self, name: str, url: str) -> None:
        super().__init__(name, connection_pool=redis_limits.pool(url))
        self._url = url
        # The worker waits for a message `read_timeout` seconds: a connection that gave up sooner would lose it.
        self._waiting = Redis(connection_pool=redis_limits.pool(url, answer=self.read_timeout + 2))

    def enqueue(self, data: bytes, priority: float | None = None) -> None:
        """Append a message. Raises RedisError."""
        if redis_limits.is_paused(self._url):
            raise RedisError(f"Redis failed less than {redis_limits.PAUSE} s ago")
        try:
            super().enqueue(data, priority)
        except RedisError:
            redis_limits.pause(self._url)
            raise

    def dequeue(self) -> bytes | None:
        """Return the next message, or None after `read_timeout` seconds. Raises RedisError."""
        found: Any = self._waiting.brpop([self.queue_key], timeout=self.read_timeout)
        return found[1] if found else None


class Server(MySQLDatabase):
    """A database server for peewee, which connects as the application does: with its TLS options and limits."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(engine.url.database)
        self._engine = engine

    def _connect(self) -> Any:
        pooled = self._engine.raw_connection()
        connection: Any = pooled.driver_connection
        pooled.detach()  # peewee closes it
        connection.autocommit(True)
        return connection


def database_of(app: Flask) -> Database:
    """Return peewee's object for the application's database."""
    with app.app_context():
        url = db.engine.url
    if url.get_backend_name() == "sqlite":
        # NORMAL: commits don't wait for the disk. A message that a power loss takes is queued again (`running.tidy`).
        pragmas = {"journal_mode": "wal", "synchronous": 1}
        return SqliteDatabase(url.database, pragmas=pragmas, timeout=BUSY_TIMEOUT / 1000)
    return Server(connection_source(app))


def connection_source(app: Flask) -> Engine:
    """Return an engine with the application's options that keeps no connections."""
    options = app.config["SQLALCHEMY_ENGINE_OPTIONS"].items()
    of_connections = {name: value for name, value in options if "pool" not in name and name != "max_overflow"}
    with app.app_context():
        return create_engine(db.engine.url, poolclass=NullPool, **of_connections)


def report_unavailable(error: BaseException, level: int) -> None:
    """Report one of QUEUE_ERRORS: a failure of the database as such, so that it is logged once for pages and jobs."""
    if isinstance(error, RedisError):
        outages.job_queue.report(level, "the job queue in Redis is unavailable: %s", outages.reason(error))
    else:
        outages.report_database(error, level)
