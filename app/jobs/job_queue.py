"""The job queue: Huey's, in the application's database or in Redis.

Not imported to serve: the first request that starts a job loads it.
"""

import logging
from typing import Any

from flask import Config, Flask, current_app
from huey import RedisHuey, crontab
from huey.api import Huey
from huey.contrib.sql_huey import SqlStorage
from huey.serializer import SignedSerializer
from peewee import Database, MySQLDatabase, SqliteDatabase
from sqlalchemy.engine import make_url

from app.jobs import running
from app.jobs.models import Job

log = logging.getLogger(__name__)


class Storage(SqlStorage):
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
        return super().dequeue() if self.tasks(self.Task.id).exists() else None


def queue_of(app: Flask) -> Huey:
    """Return the queue of `app`, made at the first call: forked workers must not inherit its connection."""
    if "jobs" not in app.extensions:
        app.extensions["jobs"] = _make_queue(app)
    return app.extensions["jobs"]


def enqueue(job: Job, locale: str | None = None) -> None:
    """Send a committed job to the workers. If the queue is unavailable, log it; `running.tidy` enqueues the job later.

    `locale`: the browser's. A job that `running.tidy` enqueues runs without it.
    """
    queue = queue_of(current_app)
    try:
        queue.work(job.id, job.attempt, locale)
    except Exception:  # of peewee, its two drivers, or redis
        log.exception("the job queue is unavailable; job %s is enqueued again later", job.id)
    finally:
        queue.storage.close()


def _make_queue(app: Flask) -> Huey:
    # Messages are pickled. Signed, they don't let a writer to the queue run code in a worker.
    options = {"results": False, "serializer": SignedSerializer(secret=app.secret_key, salt="jobs")}
    if app.config["REDIS_URL"]:
        queue = RedisHuey("microblog", url=app.config["REDIS_URL"], **options)
    else:
        database = _database(app.config)
        queue = Huey("microblog", storage_class=Storage, database=database, create_tables=False, **options)

    @queue.task(name="work")
    def work(job_id: int, attempt: int, locale: str | None) -> None:
        with app.app_context():
            running.work(job_id, attempt, locale)

    @queue.periodic_task(crontab(), name="tidy")  # every minute
    def tidy() -> None:
        with app.app_context():
            for job in running.tidy():
                enqueue(job)

    queue.work, queue.tidy = work, tidy
    return queue


def _database(config: Config) -> Database:
    """Return peewee's object for the application's database, with the arguments of the application's connections."""
    url = make_url(config["SQLALCHEMY_DATABASE_URI"])
    if url.get_backend_name() == "sqlite":
        return SqliteDatabase(url.database, pragmas={"journal_mode": "wal", "synchronous": 1}, timeout=5)
    arguments = url.translate_connect_args(username="user") | config["SQLALCHEMY_ENGINE_OPTIONS"]["connect_args"]
    return MySQLDatabase(
        **arguments,
        init_command="SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",  # for the reason given in config.py
    )
