"""The database connections of this process, sampled once a second."""

import threading
import time
from typing import cast

from flask import Flask
from prometheus_client import Gauge
from sqlalchemy import QueuePool

from app.database import db

INTERVAL = 1.0  # seconds

CHECKED_OUT = Gauge("microblog_database_pool_checked_out", "Database connections in use.", multiprocess_mode="livesum")
SIZE = Gauge("microblog_database_pool_size", "Database connections that may be open.", multiprocess_mode="livesum")


def watch(app: Flask) -> None:
    """Sample the pool in a thread, until the process ends."""
    threading.Thread(target=_watch, args=(app,), name="pool metrics", daemon=True).start()


def _watch(app: Flask) -> None:
    while True:
        sample(app)
        time.sleep(INTERVAL)


def sample(app: Flask) -> None:
    """Set the metrics to the state of the pool."""
    with app.app_context():
        pool = cast(QueuePool, db.engine.pool)
    CHECKED_OUT.set(pool.checkedout())
    SIZE.set(pool.size() + app.config["SQLALCHEMY_ENGINE_OPTIONS"]["max_overflow"])
