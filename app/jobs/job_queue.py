"""The queue between those who want work done and those who do it: Huey's, in the application's own database or Redis.

Nothing here is imported to serve: the first person who starts a job pays for it.
"""

import logging
import pkgutil
from typing import Any

from flask import current_app
from huey import RedisHuey, crontab
from huey.api import Huey
from huey.contrib.sql_huey import SqlStorage
from huey.serializer import SignedSerializer
from peewee import MySQLDatabase, SqliteDatabase
from sqlalchemy.engine import make_url

from app.jobs import running
from app.jobs.models import Job

log = logging.getLogger(__name__)


class Storage(SqlStorage):
    """Huey's tables under names that tell whose they are, made by a migration."""

    def create_models(self):
        """The tables as peewee's models; Huey's own names would be `task`, `kv` and so on."""
        models = super().create_models()
        for model in models:
            model._meta.set_table_name(f"huey_{model.__name__.lower()}")
        return models

    def dequeue(self):
        """The next message or None. An idle worker only reads: its transaction would make SQLite's writers wait."""
        self.check_conn()
        return super().dequeue() if self.tasks(self.Task.id).exists() else None


def queue_of(app) -> Huey:
    """The queue of `app`, made when it is first needed: a connection must not be inherited by forked workers."""
    if "jobs" not in app.extensions:
        app.extensions["jobs"] = _make_queue(app)
    return app.extensions["jobs"]


def enqueue(job: Job, locale: str | None = None) -> None:
    """Tell the workers of a committed task. A queue that is away is logged: they will find the task by themselves.

    `locale`: the asking browser's; a task that they had to find is done without knowing it.
    """
    queue = queue_of(current_app)
    try:
        queue.work(job.id, job.attempt, locale)
    except Exception:  # of peewee, of two drivers, of redis
        log.exception("the queue of jobs does not answer; job %s waits until it does", job.id)
    finally:
        queue.storage.close()


def call_later(function: str, *arguments) -> None:
    """Let a worker call `function` ("app.auth.mails:reset_password") in the application's context.

    For work that nobody watches: it has no Task. The queue keeps it when this process ends, and a call that fails is
    made again, five times at most, a minute apart.
    """
    queue = queue_of(current_app)
    try:
        queue.call(function, *arguments)
    except Exception:  # of peewee, of two drivers, of redis
        log.exception("the queue of jobs does not answer; %s is not called", function)
    finally:
        queue.storage.close()


def _make_queue(app) -> Huey:
    # Messages are pickled: signed, so that who can write to the queue can't make a worker run their code.
    options = {"results": False, "serializer": SignedSerializer(secret=app.secret_key, salt="jobs")}
    if app.config["REDIS_URL"]:
        queue = RedisHuey("microblog", url=app.config["REDIS_URL"], **options)
    else:
        database = _database(app.config["SQLALCHEMY_DATABASE_URI"])
        queue = Huey("microblog", storage_class=Storage, database=database, create_tables=False, **options)

    @queue.task(name="work")
    def work(job_id: int, attempt: int, locale: str | None) -> None:
        with app.app_context():
            running.work(job_id, attempt, locale)

    @queue.task(name="call", retries=5, retry_delay=60)  # seconds
    def call(function: str, *arguments: Any) -> None:
        with app.app_context():
            pkgutil.resolve_name(function)(*arguments)

    @queue.periodic_task(crontab(), name="tidy")  # every minute
    def tidy() -> None:
        with app.app_context():
            for job in running.tidy():
                enqueue(job)

    queue.work, queue.call = work, call
    return queue


def _database(url: str):
    """The database as peewee knows it."""
    url = make_url(url)
    if url.get_backend_name() == "sqlite":
        return SqliteDatabase(url.database, pragmas={"journal_mode": "wal", "synchronous": 1}, timeout=5)
    return MySQLDatabase(
        url.database,
        host=url.host,
        port=url.port or 3306,
        user=url.username,
        password=url.password or "",
        charset="utf8mb4",
        connect_timeout=5,  # seconds
        init_command="SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",  # as config.py's, for the same reason
    )
