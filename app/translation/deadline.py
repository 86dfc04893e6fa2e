"""One HTTP request that takes no longer than it may, whatever it is that takes long.

A socket's timeout is one of each step: names are looked up without any, and a server that sends a byte a second never
meets it. So a thread makes the request, and whoever waits for it stops waiting.
"""

import contextlib
import json
import socket
import threading
from http.client import HTTPConnection, HTTPSConnection
from queue import Empty, SimpleQueue
from urllib.parse import urlsplit


def post_json(url: str, value, seconds: float, largest: int) -> tuple[int, bytes]:
    """Send `value` as JSON; the answer's status and its first `largest` bytes.

    No redirect is followed: it would take what was sent to another host. Raises TimeoutError after `seconds`, and any
    other OSError or http.client.HTTPException where there is no answer.
    """
    request = Request(url, json.dumps(value).encode(), seconds, largest)
    request.start()
    try:
        answer = request.outcome.get(timeout=seconds)
    except Empty:
        request.stop()
        raise TimeoutError(f"no answer within {seconds:g} s") from None
    if isinstance(answer, Exception):
        raise answer
    return answer


class Request(threading.Thread):
    """Puts its answer, or the exception in its place, into `outcome`."""

    def __init__(self, url: str, body: bytes, seconds: float, largest: int):
        super().__init__(daemon=True)  # no server that is told to stop waits for it
        self.outcome = SimpleQueue()
        self._path, self._body, self._largest = urlsplit(url).path, body, largest
        self._connection = _connection(url, seconds)
        self._socket = None  # the connection forgets its own as soon as an answer begins
        self._stopped = False

    def run(self):
        try:
            with contextlib.closing(self._connection):
                self.outcome.put(self._ask())
        except Exception as error:  # whatever it is belongs to whoever waits
            self.outcome.put(error)

    def _ask(self) -> tuple[int, bytes]:
        self._connection.connect()
        self._socket = self._connection.sock
        if self._stopped:
            raise TimeoutError
        self._connection.request("POST", self._path, self._body, {"Content-Type": "application/json"})
        with self._connection.getresponse() as response:
            return response.status, response.read(self._largest)

    def stop(self):
        """End the thread's reading, which a server could draw out for ever."""
        self._stopped = True
        if self._socket:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)


def _connection(url: str, seconds: float) -> HTTPConnection:
    parts = urlsplit(url)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    return kind(parts.hostname, parts.port, timeout=seconds)
