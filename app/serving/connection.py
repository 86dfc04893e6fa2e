"""A client's connection: reads a request and sends the response without blocking.

It serves one request and then closes, as with gunicorn's own sync worker. So there are no idle connections to keep, and
what a client sends after its request is never taken for another one.
"""

import contextlib
import socket
import time
from enum import IntEnum
from typing import Any

from app.serving.exchange import Exchange, Server
from app.serving.incoming import Incoming
from app.serving.refusals import refusal

SILENCE = 30  # seconds in which the client neither sends nor reads a byte
BLOCK = 64 * 1024  # bytes read at once; and of an answer, before the application is asked for more of it


class Phase(IntEnum):
    """What a connection waits for; the value is the time for all of it, in seconds.

    A client that sends a byte every two seconds gets 300 bytes through.
    """

    REQUEST = 600
    ANSWER = 3600
    REST = 5  # of a request that was answered before it was complete


class Gone(Exception):
    """The client has closed the connection."""


class Connection:
    """A client's socket, with what was received, and what is still to be sent.

    gunicorn writes answers to it as to a socket that does not block, by `sendall`.
    """

    def __init__(self, server: Server, sock: socket.socket, client: Any, address: Any, body_limit: int) -> None:
        self.sock, self.client = sock, client
        self._server, self._address = server, address
        self.incoming = Incoming(server.cfg, client, body_limit)
        self.is_closed = False
        self._exchange: Exchange | None = None
        self._unsent = bytearray()
        self._has_sent = False  # something of the answer
        self._phase = Phase.REQUEST
        self._began = self._moved = time.monotonic()

    @property
    def size(self) -> int:
        """The bytes in its buffers."""
        return len(self.incoming) + len(self._unsent)

    @property
    def is_answering(self) -> bool:
        """Whether it waits for the client to take the answer, rather than to send."""
        return self._phase is Phase.ANSWER

    @property
    def deadline(self) -> float:
        """The time.monotonic() at which to close it."""
        return min(self._moved + SILENCE, self._began + self._phase)

    def receive(self) -> bool:
        """Read what the client has sent; return whether the request can be answered.

        Raises Gone, and gunicorn's errors of parsing.
        """
        try:
            data = self.sock.recv(BLOCK, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return False
        except OSError as error:
            raise Gone from error
        if not data:
            raise Gone
        self._moved = time.monotonic()
        if self._phase is Phase.REST:
            return False
        if self.incoming.feed(data):
            return True
        if self.incoming.expects_continue:
            self.incoming.expects_continue = False
            self.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
            self._flush()
        return False

    def sendall(self, data: bytes) -> None:
        """Add to what is to be sent."""
        self._unsent += data

    def gettimeout(self) -> float:
        """Return that of a socket that does not block."""
        return 0.0

    def begin(self) -> None:
        """Call the application, and send the first BLOCK of its answer. Raises as `proceed` does."""
        self._exchange = Exchange(self._server, self.incoming, self, self.client, self._address)
        self._start(Phase.ANSWER)
        self._exchange.begin()
        self.proceed()

    def discard_answer(self) -> bool:
        """Drop what the application has answered so far, unless some of it has been sent."""
        self._end_exchange()
        if self._has_sent:
            return False
        self._unsent.clear()
        return True

    def refuse(self) -> None:
        """Send an answer of our own, with the status of gunicorn's, which stands in the buffer."""
        status = int(self._unsent.split(maxsplit=2)[1])
        self._unsent[:] = refusal(status, self.incoming.is_for_api)
        self._start(Phase.ANSWER)
        try:
            self.proceed()
        except Gone:
            self.close()

    def proceed(self) -> None:
        """Send the next BLOCK of the answer; close after the last. Raises Gone, and the errors of the application."""
        if not self._flush():
            return
        while self._exchange and len(self._unsent) < BLOCK:
            if not self._exchange.more():
                self._end_exchange()
        if self._flush() and not self._exchange:
            self._finish()

    def _flush(self) -> bool:
        """Send what the client takes; return whether that was all. Raises Gone."""
        if self._unsent:
            try:
                sent = self.sock.send(self._unsent, socket.MSG_DONTWAIT)
            except BlockingIOError:
                return False
            except OSError as error:
                raise Gone from error
            del self._unsent[:sent]
            self._has_sent = self.is_answering
            self._moved = time.monotonic()
        return not self._unsent

    def _finish(self) -> None:
        """Close; but a socket with unread data would be reset, and the client might lose the answer: wait for it."""
        if self.incoming.has_ended:
            return self.close()
        self._start(Phase.REST)
        with contextlib.suppress(OSError):
            self.sock.shutdown(socket.SHUT_WR)
        return None

    def _start(self, phase: Phase) -> None:
        self._phase = phase
        self._began = self._moved = time.monotonic()

    def _end_exchange(self) -> None:
        exchange, self._exchange = self._exchange, None
        if exchange:
            exchange.end()

    def close(self) -> None:
        """End the exchange if it still lasts, and close the socket."""
        if not self.is_closed:
            self.is_closed = True
            self._end_exchange()
            self.sock.close()
