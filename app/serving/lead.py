"""Choose the thread of a worker that runs its loop.

One thread at a time leads: it waits for events and runs the application itself, so requests are not handed from thread
to thread, and threads do not compete for Python's lock. If the leader works on one request for longer than PATIENCE,
because it waits for a database or a service, a thread that stands by takes the lead, and serves the others meanwhile.
"""

import threading
import time
from collections.abc import Callable

PATIENCE = 0.05  # seconds


class Lead:
    """The lead among the threads of a process; the thread that creates it has it first."""

    def __init__(self) -> None:
        self._leader = threading.get_ident()
        self._working_since: float | None = None  # time.monotonic(); None while the leader waits for events
        self._over = False
        self._lock = threading.Lock()  # protects the three above
        self._working = threading.Event()  # set when the leader begins to work; so idle workers never wake up
        self._watching = threading.Lock()  # one thread watches the leader, the others wait for their turn here

    def work(self, task: Callable[[], None]) -> bool:
        """Run `task` in the leading thread; return whether this thread still leads afterwards."""
        with self._lock:
            self._working_since = time.monotonic()
            self._working.set()
        task()
        with self._lock:
            leads = self._leader == threading.get_ident()
            if leads:
                self._working_since = None
        return leads

    def take(self) -> bool:
        """Wait until the leader has worked for too long, and take the lead from it; False once `end` was called."""
        with self._watching:
            while not self._over:
                self._working.wait()
                with self._lock:
                    if self._working_since is None:
                        self._working.clear()
                        continue
                    patience = self._working_since + PATIENCE - time.monotonic()
                    if patience <= 0:
                        self._leader, self._working_since = threading.get_ident(), None
                        return True
                time.sleep(patience)
        return False

    def end(self) -> None:
        """Let all threads that stand by return."""
        with self._lock:
            self._over = True
            self._working.set()
