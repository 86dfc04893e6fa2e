"""The worker process beside the server: gunicorn's hooks start and stop it; it is restarted when it ends."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from logging import Logger

START_DELAY = 2  # seconds; the web workers start first
RESTART_DELAY = 2  # seconds
STOP_TIMEOUT = 2  # seconds to requeue running jobs


class JobProcess:
    """Keeps one `python -m app.jobs` running; `on_end` gets the id of one that has ended by itself."""

    def __init__(self, log: Logger, on_end: Callable[[int], None] | None = None):
        self._log = log
        self._on_end = on_end
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._keep_running, name="jobs", daemon=True)

    def start(self) -> None:
        """Start the process after START_DELAY, and again whenever it ends."""
        self._thread.start()

    def stop(self) -> None:
        """Stop the process, which requeues its running jobs; kill it after STOP_TIMEOUT."""
        self._stopping.set()
        process = self._process
        if process is None:
            return
        process.terminate()
        try:
            process.wait(STOP_TIMEOUT)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()  # until it holds no lock of the database

    def _keep_running(self) -> None:
        # This thread only waits, so it holds no lock when gunicorn forks a web worker.
        self._stopping.wait(START_DELAY)
        while not self._stopping.is_set():
            self._process = subprocess.Popen([sys.executable, "-m", "app.jobs", str(os.getpid())])  # noqa: S603
            if self._stopping.is_set():  # stopped while the process was starting
                self._process.terminate()
            self._process.wait()
            if not self._stopping.wait(RESTART_DELAY):
                if self._on_end:
                    self._on_end(self._process.pid)
                self._log.error("The job process ended unexpectedly; restarting it")
