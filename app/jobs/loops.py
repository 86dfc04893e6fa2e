"""Threads of the worker that look for work in the database, beside the queue."""

import logging
import pkgutil
import threading

from flask import Flask
from sqlalchemy.exc import DBAPIError

from app.jobs.registry import LoopBody, loops
from app.outages import DATABASE_ERRORS, report_database

log = logging.getLogger(__name__)

INTERVAL = 1.0  # seconds between two calls
PAUSE = 5.0  # seconds after an error
STOP_TIMEOUT = 1.0  # seconds to finish a call when the worker stops


class Loop(threading.Thread):
    """Calls one function repeatedly until `stop` is set."""

    def __init__(self, app: Flask, factory: str, stop: threading.Event) -> None:
        super().__init__(name=factory, daemon=True)
        self._app = app
        self._factory = factory
        self._stop_flag = stop

    def run(self) -> None:
        body: LoopBody = pkgutil.resolve_name(self._factory)()
        pause = 0.0
        while not self._stop_flag.wait(pause):
            pause = INTERVAL if self._succeeds(body) else PAUSE

    def _succeeds(self, body: LoopBody) -> bool:
        """Call the function; log an error."""
        try:
            with self._app.app_context():
                body(self._stop_flag.is_set)
        except (DBAPIError, *DATABASE_ERRORS) as error:
            report_database(error, logging.WARNING)
        except Exception:
            log.exception("%s failed", self._factory)
        else:
            return True
        return False


def start_loops(app: Flask, stop: threading.Event) -> list[Loop]:
    """Start a thread for each registered loop; they end when `stop` is set."""
    threads = [Loop(app, factory, stop) for factory in loops()]
    for thread in threads:
        thread.start()
    return threads
