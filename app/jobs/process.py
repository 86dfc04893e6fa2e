"""The server's own job process: started and stopped by gunicorn's hooks, started anew when it dies."""

import os
import subprocess
import sys
import threading

# The web's workers start first: whoever waits for a page should not wait for jobs.
FIRST_WAIT = 2  # seconds
PAUSE = 2  # seconds before another one is started
LAST_WAIT = 2  # seconds that it may take to put its work back


class JobProcess:
    """Keeps one `python -m app.jobs` running beside the server."""

    def __init__(self, log):
        self._log = log
        self._stopping = threading.Event()
        self._process = None
        self._thread = threading.Thread(target=self._keep_running, name="jobs", daemon=True)

    def start(self) -> None:
        """Start the process soon, and another whenever it ends."""
        self._thread.start()

    def stop(self) -> None:
        """End the process; what it could not finish stands in the queue again."""
        self._stopping.set()
        process = self._process
        if process is None:
            return
        process.terminate()
        try:
            process.wait(LAST_WAIT)
        except subprocess.TimeoutExpired:
            process.kill()

    def _keep_running(self):
        # A thread that only waits, so that gunicorn's fork finds it holding nothing.
        self._stopping.wait(FIRST_WAIT)
        while not self._stopping.is_set():
            self._process = subprocess.Popen([sys.executable, "-m", "app.jobs", str(os.getpid())])  # noqa: S603
            if self._stopping.is_set():  # told while it was being made
                self._process.terminate()
            self._process.wait()
            if not self._stopping.wait(PAUSE):
                self._log.error("The job process ended; starting another")
