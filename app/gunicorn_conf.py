"""Settings and hooks of gunicorn, the production server (https://docs.gunicorn.org/en/stable/settings.html).

In app/, because third-party Dockerfiles copy that folder. boot.sh passes it as a file: importing it as `app.…` would
load the application first.
"""

from __future__ import annotations

import gc
import logging
import os
import signal
import sys
import tempfile
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from gunicorn.glogging import Logger

if TYPE_CHECKING:
    from gunicorn.arbiter import Arbiter
    from gunicorn.http.message import Request
    from gunicorn.http.wsgi import Response
    from gunicorn.workers.base import Worker

# The kernel drops signals that process 1 has no handler for, and gunicorn installs its handlers after loading the
# application. Without this one, stopping a container meanwhile would wait for SIGKILL. boot.sh has blocked the signal.
# Not sys.exit(): Python ignores an exception that a signal raises in a __del__.
signal.signal(signal.SIGTERM, lambda number, frame: os._exit(0))
signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})

# Loading creates no garbage; collections would take a seventh of the startup time. `when_ready` turns them on again.
gc.disable()

# After the two lines above, since this loads much of the application.
# ruff: noqa: E402
from app import database, load, logs
from config import Config

settings = load(Config)


class RequestLogger(Logger):
    """gunicorn's logger in the application's format, without queries, headers and bodies of requests."""

    def _set_handler(self, log: logging.Logger, output: str, fmt: logging.Formatter, stream: Any = None) -> None:
        super()._set_handler(log, output, logs.formatter(), stream)

    def access(self, resp: Response, req: Request, environ: dict[str, Any], request_time: timedelta) -> None:
        """Log a request. Cheaper than gunicorn's own method, which builds a dictionary of all headers."""
        if self.access_log_enabled:
            logs.log_request(self.access_log, environ, resp.status, resp.sent, request_time.total_seconds())

    def warning(self, msg: str, *args: Any, **kwargs: Any) -> None:
        """Log a warning; of an invalid request only the type of error, since gunicorn quotes its query or header."""
        if msg.startswith("Invalid request"):
            msg, args = "%s: %s", (msg.partition(": ")[0], type(sys.exception()).__name__)
        super().warning(msg, *args, **kwargs)

    def exception(self, msg: str, *args: Any, **kwargs: Any) -> None:
        """Log an error of a request without the query."""
        super().exception(msg, *(str(arg).partition("?")[0] for arg in args), **kwargs)


bind = settings.BIND

# Not derived from the number of cores: a container sees all cores of its host, whatever its CPU limit.
workers = settings.WEB_CONCURRENCY
# Takes in whole requests and sends answers without waiting for clients (docs/decisions/serving.md).
worker_class = "app.serving.worker.BufferingWorker"
threads = 16  # of a worker, for requests that wait; while none does, one thread handles all
worker_connections = 500  # of a worker
# Load the application before forking, so that workers share its memory. It opens no connections while loading.
preload_app = True

# Workers touch a file as heartbeat. On a container's overlay file system that can block for seconds.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108
# Container engines send SIGKILL 10 s after SIGTERM. `on_exit` needs up to 2.5 s of them; requests in progress get most.
graceful_timeout = 6  # seconds
timeout = 30  # seconds without a heartbeat, after which a worker is replaced
# The socket of gunicorn's control tool requires a writable home directory.
control_socket_disable = True

# stdout and stderr: the container engine stores logs and adds the time. See app/logs.py for the format.
accesslog = "-"
errorlog = "-"
logger_class = RequestLogger

# gunicorn trusts no proxy headers; TRUSTED_PROXIES makes the application trust them.
forwarded_allow_ips = ""


def when_ready(server: Arbiter) -> None:
    """Turn on garbage collection; start the metrics if METRICS=1, and the job process unless JOB_WORKERS is 0."""
    application = server.app.wsgi()
    if settings.METRICS:
        # prometheus_client reads it on import. In memory: the files change with each request.
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="metrics-", dir=worker_tmp_dir)
        from app.metrics import exporter, http_requests, pool  # noqa: F401  pool: loaded before the workers fork

        http_requests.init_app(application)
        exporter.serve_sums(settings.METRICS_BIND)
    gc.freeze()  # collections skip what is loaded, which keeps its memory shared between the workers
    gc.enable()
    if application.config["JOB_WORKERS"] > 0:
        from app.jobs.process import JobProcess

        server.jobs = JobProcess(server.log, exporter.retire if settings.METRICS else None)
        server.jobs.start()


def post_fork(server: Arbiter, worker: Worker) -> None:
    """Let SIGTERM end a worker that has no handlers yet: it inherits gunicorn's, which would lose the signal.

    A stop right after the start would then wait `graceful_timeout` for it.
    """
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def post_worker_init(worker: Worker) -> None:
    """Measure the database pool of a new worker."""
    if settings.METRICS:
        from app.metrics import pool

        pool.watch(worker.app.wsgi())


def child_exit(server: Arbiter, worker: Worker) -> None:
    """Keep the counts of a worker that has ended."""
    if settings.METRICS:
        from app.metrics import exporter

        exporter.retire(worker.pid)


def on_exit(server: Arbiter) -> None:
    """Stop the job process with the server, and close the database, which the workers have left by then."""
    if hasattr(server, "jobs"):
        server.jobs.stop()
    application = server.app.wsgi()
    if "sqlalchemy" in getattr(application, "extensions", ()):  # bench/ serves another application with this file
        with application.app_context():
            database.close()
    if settings.METRICS:
        from app.metrics import exporter

        exporter.remove_files()
