"""gunicorn's worker: one loop over all connections, which never waits for a client, and threads for slow requests."""

import contextlib
import errno
import os
import resource
import selectors
import signal
import socket
import threading
import time
from functools import partial
from queue import Empty, SimpleQueue
from typing import Any

from gunicorn.workers.base import Worker

from app.serving.connection import BLOCK, Connection, Gone
from app.serving.incoming import HEAD_LIMIT
from app.serving.lead import Lead
from config import Config

BUFFERS = 32 * 1024 * 1024  # bytes in the buffers of all connections of a worker
STOP_TIME = 2  # seconds after SIGTERM in which clients can take their answers
QUIET = 0.2  # seconds without an event after SIGTERM, after which no request is on its way any more
TICK = 1  # seconds between two heartbeats, and two looks at the deadlines
READ, WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE


class BufferingWorker(Worker):
    """Takes in whole requests before it calls the application, and sends answers as fast as the clients take them.

    Of gunicorn's settings it follows `threads`, `worker_connections`, `timeout`, `max_requests` and
    `limit_request_fields`. Lines may be as long as the whole head (incoming.HEAD_LIMIT): gunicorn's own limit of 8,190
    bytes is less than the address of a search for 1,000 Japanese characters.
    """

    @classmethod
    def check_config(cls, cfg: Any, log: Any) -> None:
        """Refuse TLS, which this worker does not speak; gunicorn calls this at the start."""
        if cfg.is_ssl:
            raise SystemExit("microblog: for TLS, use a proxy, or gunicorn's --worker-class gthread")

    def init_process(self) -> None:
        """Prepare the new process; gunicorn's own method then calls `run`."""
        self.cfg.set("limit_request_line", 0)  # of its own
        self.cfg.set("limit_request_field_size", HEAD_LIMIT)
        self._selector = selectors.DefaultSelector()
        self._lead = Lead()
        self._waiting: dict[Connection, None] = {}  # for their clients: those that the selector watches
        self._running: dict[int, float] = {}  # threads in the application, and since when
        self._handed_back: SimpleQueue[Connection] = SimpleQueue()  # by threads that have lost the lead
        files = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        self._limit = max(1, min(self.cfg.worker_connections, files // 2))  # the application opens files too
        self._next_tick = 0.0
        self._stopped_at: float | None = None
        self._is_quiet = False  # the last look at the connections found nothing to do
        super().init_process()

    def init_signals(self) -> None:
        """Let signals interrupt the main thread while it waits for the lead, or their handlers would not run."""
        super().init_signals()
        for number in (signal.SIGTERM, signal.SIGUSR1):
            signal.siginterrupt(number, True)

    def handle_exit(self, sig: int, frame: object) -> None:
        """Stop, as gunicorn asks by SIGTERM."""
        self.alive = False
        self._wake()

    def _wake(self) -> None:
        """Let the loop look at what has changed."""
        with contextlib.suppress(BlockingIOError):  # the pipe is full, so the loop will wake up
            os.write(self.PIPE[1], b".")

    def run(self) -> None:
        """Serve until gunicorn stops the worker."""
        for listener in self.sockets:
            listener.setblocking(False)
            if listener.FAMILY != socket.AF_UNIX and hasattr(socket, "TCP_NOTSENT_LOWAT"):
                # Accepted sockets inherit it: the kernel holds this much for a slow client, instead of megabytes.
                listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, BLOCK)
            self._selector.register(listener, READ)
        self._selector.register(self.PIPE[0], READ)
        for _ in range(self.cfg.threads - 1):
            threading.Thread(target=self._stand_by, daemon=True).start()
        self._serve()
        self._stand_by()

    def _stand_by(self) -> None:
        while self._lead.take():
            self._serve()

    def _serve(self) -> None:
        """Handle events until this thread loses the lead, or everything is done after a stop."""
        while not self._is_over():
            events = self._selector.select(TICK if self.alive else QUIET)
            self._is_quiet = not events
            for key, _ in events:
                if key.fd == self.PIPE[0]:
                    self._take_back()
                    continue
                connection = key.data or self._accept(key.fileobj)
                if connection and self._is_ready(connection) and not self._work(connection):
                    return  # the thread that leads now gets the other events again
        self._lead.end()

    def _is_over(self) -> bool:
        """Do what is due once a second; return whether the worker has stopped, and nothing is left to do."""
        now = time.monotonic()
        if now >= self._next_tick:
            self._next_tick = now + TICK
            # A request that runs for too long ends the worker, by gunicorn, which misses the heartbeat.
            if not self.timeout or all(now - since < self.cfg.timeout for since in list(self._running.values())):
                self.notify()
            if self.ppid != os.getppid():
                self.alive = False
            for connection in [waiting for waiting in self._waiting if waiting.deadline < now]:
                self._close(connection)
        return not self.alive and self._has_stopped(now)

    def _has_stopped(self, now: float) -> bool:
        """Close what need not be answered; return whether nothing is left."""
        if self._stopped_at is None:
            self._stopped_at = now
            self._close_listeners()
            self._is_quiet = False
        is_late = now - self._stopped_at >= STOP_TIME
        for connection in list(self._waiting):
            if is_late or (self._is_quiet and not connection.is_answering):
                self._close(connection)
        return not self._waiting and not self._running and self._handed_back.empty()

    def _close_listeners(self) -> None:
        """Take the clients that the kernel has accepted already; it then refuses others, which can try a replica.

        It would accept them as long as a listener is open, and reset their connections when the process ends.
        """
        for listener in self.sockets:
            self._selector.unregister(listener)
            while connection := self._accept(listener):
                self._wait_for(connection)
            listener.close()

    def _accept(self, listener: Any) -> Connection | None:
        while len(self._waiting) + len(self._running) >= self._limit and self._waiting:
            # Close the one nearest to its deadline; one that is being answered only if there is no other.
            self._close(min(self._waiting, key=lambda waiting: (waiting.is_answering, waiting.deadline)))
        try:
            sock, client = listener.accept()
        except OSError as error:
            if error.errno in {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}:
                self.log.warning("can't accept a connection: %s", error)
                time.sleep(TICK / 10)
            return None
        return Connection(self, sock, client, listener.getsockname(), Config.MAX_CONTENT_LENGTH)

    def _is_ready(self, connection: Connection) -> bool:
        """Return whether to call the application for this connection; if not, let it wait for its client."""
        if connection.is_closed:  # since the selector returned it
            return False
        try:
            if connection.is_answering or connection.receive():
                self._forget(connection)
                return True
        except Gone:
            self._close(connection)
        except Exception as error:  # of gunicorn's parser
            self._forget(connection)
            self._fail(connection, error)
        self._wait_for(connection)
        return False

    def _work(self, connection: Connection) -> bool:
        """Run the application for a connection; return whether this thread still leads."""
        thread = threading.get_ident()
        self._running[thread] = time.monotonic()
        leads = self._lead.work(partial(self._answer, connection))
        if leads:
            self._wait_for(connection)
        else:
            self._handed_back.put(connection)
            self._wake()
        del self._running[thread]
        return leads

    def _take_back(self) -> None:
        """Continue with the connections of threads that have lost the lead; a signal wakes the loop by the pipe too."""
        with contextlib.suppress(BlockingIOError):
            os.read(self.PIPE[0], BLOCK)
        with contextlib.suppress(Empty):
            while True:
                self._wait_for(self._handed_back.get_nowait())

    def _answer(self, connection: Connection) -> None:
        try:
            if connection.is_answering:
                connection.proceed()
                return
            self.nr += 1
            if self.alive and self.nr >= self.max_requests:
                self.log.info("Autorestarting worker after current request.")
                self.alive = False
            connection.begin()
        except (Gone, BrokenPipeError, ConnectionResetError):  # the application can break a connection off, too
            connection.close()
        except Exception as error:
            self._fail(connection, error)

    def _fail(self, connection: Connection, error: Exception) -> None:
        """Log an error of the request or of the application, and answer with it if no answer has begun."""
        if connection.discard_answer():
            self.handle_error(connection.incoming.request, connection, connection.client, error)
            connection.refuse()
        else:
            self.log.exception("Error handling request")
            connection.close()

    def _wait_for(self, connection: Connection) -> None:
        """Let the loop continue with a connection when its client sends, or takes, more."""
        if connection.is_closed:
            return
        if connection not in self._waiting:
            self._selector.register(connection.sock, WRITE if connection.is_answering else READ, connection)
            self._waiting[connection] = None
        if connection.size > BLOCK:  # smaller ones together stay below the limit
            while sum(waiting.size for waiting in self._waiting) > BUFFERS:
                self._close(max(self._waiting, key=lambda waiting: waiting.size))

    def _forget(self, connection: Connection) -> None:
        if connection in self._waiting:
            del self._waiting[connection]
            self._selector.unregister(connection.sock)

    def _close(self, connection: Connection) -> None:
        self._forget(connection)
        connection.close()
