"""An HTTP POST of JSON with a deadline for all of it."""

import contextlib
import json
import socket
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPSConnection
from urllib.parse import urlsplit

from app.deadline import within

Answer = tuple[int, bytes]


def post_json(url: str, payload: Mapping[str, str], seconds: float, limit: int) -> Answer:
    """Send `payload` as JSON; return the status and at most `limit` bytes of the body.

    Redirects are not followed: they would send the payload to another host. Raises TimeoutError after `seconds`, and
    OSError or http.client.HTTPException if the request fails.
    """
    request = Request(url, json.dumps(payload).encode(), seconds, limit)
    return within(seconds, request.send, stop=request.stop)


class Request:
    """One request, which another thread can stop."""

    def __init__(self, url: str, body: bytes, seconds: float, limit: int) -> None:
        self._path, self._body, self._limit = urlsplit(url).path, body, limit
        self._connection = _connection(url, seconds)
        self._socket: socket.socket | None = None  # http.client drops its own reference when an answer begins
        self._stopped = False

    def send(self) -> Answer:
        """Return the answer. Raises TimeoutError if the request was stopped before it was sent."""
        with contextlib.closing(self._connection):
            return self._send()

    def _send(self) -> Answer:
        self._connection.connect()
        self._socket = self._connection.sock
        if self._stopped:
            raise TimeoutError
        self._connection.request("POST", self._path, self._body, {"Content-Type": "application/json"})
        with self._connection.getresponse() as response:
            return response.status, response.read(self._limit)

    def stop(self) -> None:
        """End the connection, from which a slow server could let `send` read for ever."""
        self._stopped = True
        if self._socket:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)


def _connection(url: str, seconds: float) -> HTTPConnection:
    parts = urlsplit(url)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    return kind(parts.hostname or "", parts.port, timeout=seconds)
