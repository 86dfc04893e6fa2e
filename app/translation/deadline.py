"""An HTTP request with a deadline for all of it.

A socket's timeout applies to each step: it does not bound name resolution, nor a server that sends a byte per second.
So a thread makes the request, and the caller stops waiting at the deadline.
"""

import contextlib
import json
import socket
import threading
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPSConnection
from queue import Empty, SimpleQueue
from urllib.parse import urlsplit

Answer = tuple[int, bytes]


def post_json(url: str, payload: Mapping[str, str], seconds: float, limit: int) -> Answer:
    """Send `payload` as JSON; return the status and at most `limit` bytes of the body.

    Redirects are not followed: they would send the payload to another host. Raises TimeoutError after `seconds`, and
    OSError or http.client.HTTPException if the request fails.
    """
    request = Request(url, json.dumps(payload).encode(), seconds, limit)
    request.start()
    try:
        outcome = request.outcome.get(timeout=seconds)
    except Empty:
        request.stop()
        raise TimeoutError(f"no answer within {seconds:g} s") from None
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


class Request(threading.Thread):
    """Puts the answer, or the exception raised instead, into `outcome`."""

    def __init__(self, url: str, body: bytes, seconds: float, limit: int) -> None:
        super().__init__(daemon=True)  # the server's shutdown doesn't wait for it
        self.outcome: SimpleQueue[Answer | Exception] = SimpleQueue()
        self._path, self._body, self._limit = urlsplit(url).path, body, limit
        self._connection = _connection(url, seconds)
        self._socket: socket.socket | None = None  # http.client drops its own reference when an answer begins
        self._stopped = False

    def run(self) -> None:
        try:
            with contextlib.closing(self._connection):
                self.outcome.put(self._send())
        except Exception as error:  # raised again by post_json
            self.outcome.put(error)

    def _send(self) -> Answer:
        self._connection.connect()
        self._socket = self._connection.sock
        if self._stopped:
            raise TimeoutError
        self._connection.request("POST", self._path, self._body, {"Content-Type": "application/json"})
        with self._connection.getresponse() as response:
            return response.status, response.read(self._limit)

    def stop(self) -> None:
        """End the thread, which a slow server could keep reading for ever."""
        self._stopped = True
        if self._socket:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)


def _connection(url: str, seconds: float) -> HTTPConnection:
    parts = urlsplit(url)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    return kind(parts.hostname or "", parts.port, timeout=seconds)
