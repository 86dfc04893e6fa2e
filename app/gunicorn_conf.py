"""The production server's settings; boot.sh passes this file to gunicorn (https://docs.gunicorn.org/en/stable/settings.html).

It stands in app/ because third parties' Dockerfiles copy nothing else that it could stand in, and is read as a file
rather than imported, so that it takes effect before the application is loaded.
"""

import gc
import os
import signal
import sys

from gunicorn.glogging import Logger

# The kernel drops a signal that process 1 has no handler for, and gunicorn sets its own when the application is loaded.
# A container that is stopped earlier must not wait for the engine's SIGKILL. So far boot.sh has held the signal back.
signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(0))
signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})

# Nothing of what is being loaded is garbage: to look for it would take a seventh of a start.
gc.disable()


class RequestLogger(Logger):
    """gunicorn's logger, which writes as the application does, and nothing that was sent with a request."""

    def _set_handler(self, log, output, fmt, stream=None):
        from app import logs  # which imports the application: not before this file has been read

        super()._set_handler(log, output, logs.formatter(), stream)

    def access(self, resp, req, environ, request_time):
        """Log the request. gunicorn's own would make a dictionary of all headers first."""
        from app import logs

        if self.access_log_enabled:
            logs.log_request(self.access_log, environ, resp.status, resp.sent, request_time.total_seconds())

    def warning(self, msg, *args, **kwargs):
        """Of a request that can't be read, name what is wrong with it: gunicorn quotes it, with its query or header."""
        if msg.startswith("Invalid request"):
            msg, args = "%s: %s", (msg.partition(": ")[0], type(sys.exception()).__name__)
        super().warning(msg, *args, **kwargs)

    def exception(self, msg, *args, **kwargs):
        """Of a request that failed in the server, leave out the query."""
        super().exception(msg, *(str(arg).partition("?")[0] for arg in args), **kwargs)


bind = os.environ.get("BIND", "0.0.0.0:5000")

# From the environment, not from the number of cores: a container sees all cores of its host, whatever its share is.
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
# Short pages from a local database: processes beat threads here, which wait for one another.
worker_class = "sync"
# Loaded once, before the workers are forked: they share its memory. It holds no connection that they would share too.
preload_app = True

# Workers show that they are alive by touching a file. On a container's own file system that can block for seconds.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108
# Engines send SIGTERM and, 10 s later, SIGKILL: a request that is being answered gets most of that time.
graceful_timeout = 8
# A worker silent for that long is replaced.
timeout = 30
# The socket of gunicorn's own control tool wants a writable home; an engine controls this server.
control_socket_disable = True

# To the engine, which keeps logs and adds the time. A line a request, in app/logs.py.
accesslog = "-"
errorlog = "-"
logger_class = RequestLogger

# gunicorn itself believes no proxy's headers; whether the application does is a setting of its own.
forwarded_allow_ips = ""


def when_ready(server):
    """Have background jobs done by a process beside the workers; whoever runs them apart sets JOB_WORKERS=0.

    What is loaded stays: workers neither look through it for garbage nor, by looking, copy the memory they share.
    """
    gc.freeze()
    gc.enable()
    if server.app.wsgi().config["JOB_WORKERS"] > 0:
        from app.jobs.process import JobProcess

        server.jobs = JobProcess(server.log)
        server.jobs.start()


def on_exit(server):
    """Stop it with the server: nobody else would tell it."""
    if hasattr(server, "jobs"):
        server.jobs.stop()
