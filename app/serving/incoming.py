"""Buffer a request until it is complete. gunicorn's parser reads and checks it."""

import re

from gunicorn.http.body import ChunkedReader
from gunicorn.http.errors import InvalidChunkSize, LimitRequestHeaders, LimitRequestLine, NoMoreData
from gunicorn.http.message import Request
from gunicorn.http.unreader import IterUnreader

HEAD_LIMIT = 64 * 1024  # bytes of the request line and all headers; the worker turns gunicorn's limit of a line off
API = re.compile(rb"[A-Z]+ /api[/? ]")  # the beginning of a request to the API
CHUNK_LINE_LIMIT = 8190  # bytes, as in gunicorn
CHUNK_SIZE = re.compile(rb"([0-9a-fA-F]{1,8})[ \t]*(?:;|\r\n)")


class Incoming:
    """A request as it arrives.

    `request` is gunicorn's, once the head has arrived. `body` and `length` hold for a whole request; if the body is
    longer than `limit`, they are empty and more than `limit`, so that the application can refuse it.
    """

    def __init__(self, cfg: object, client: object, limit: int) -> None:
        self._cfg, self._client, self._limit = cfg, client, limit
        self._received = bytearray()
        self._body_at = 0  # where the body begins
        self._chunk_at = 0  # where the first incomplete chunk begins
        self.request: Request | None = None
        self.body = b""
        self.length = 0
        self.has_ended = False  # nothing more belongs to the request
        self.expects_continue = False  # the client waits for "100 Continue" before it sends the body

    def __len__(self) -> int:
        return len(self._received) + len(self.body)

    def feed(self, data: bytes) -> bool:
        """Add received bytes; return whether the application can answer. Raises gunicorn's errors of parsing."""
        self._received += data
        if self.request is None:
            try:
                self.request = self._parse()
            except NoMoreData:
                self._check_head(len(self._received))
                return False
            # Takes the parser's copy of the body away, too.
            self._body_at = self._chunk_at = len(self._received) - len(self.request.unreader.take_buffered())
            self._check_head(self._body_at)
        if isinstance(self.request.body.reader, ChunkedReader):
            return self._feed_chunked()
        self.length = self.request.body.reader.length
        if self.length > self._limit:
            return True
        end = self._body_at + self.length
        self.has_ended = len(self._received) >= end
        if self.has_ended:
            self.body = bytes(self._received[self._body_at : end])
            self._received.clear()
        return self.has_ended

    @property
    def is_for_api(self) -> bool:
        """Whether the request begins as one to the API."""
        return API.match(self._received) is not None

    def _check_head(self, length: int) -> None:
        """Raise one of gunicorn's errors if the head, whole or so far, is longer than HEAD_LIMIT."""
        if length > HEAD_LIMIT:
            line = self._received.find(b"\r\n", 0, HEAD_LIMIT)
            raise (
                LimitRequestHeaders("limit request headers size") if line > 0 else LimitRequestLine(length, HEAD_LIMIT)
            )

    def _parse(self) -> Request:
        request = Request(self._cfg, IterUnreader([bytes(self._received)]), self._client)
        # Otherwise gunicorn would send "100 Continue" with the answer.
        self.expects_continue, request._expected_100_continue = request._expected_100_continue, False
        return request

    def _feed_chunked(self) -> bool:
        self.has_ended = self._skip_chunks()
        if self.length > self._limit:
            return True
        if self.has_ended:
            self.request = self._parse()  # with the whole body this time, and with its trailers
            try:
                self.body = self.request.body.read()
            except NoMoreData:
                raise InvalidChunkSize(b"the body is not chunked") from None
            self.length = len(self.body)
            self._received.clear()
        elif len(self._received) - self._body_at > self._limit + self._limit // 4:
            raise InvalidChunkSize(b"the chunks are too small")
        return self.has_ended

    def _skip_chunks(self) -> bool:
        """Skip complete chunks, and add up their length; return whether the body ends.

        An invalid body ends too: gunicorn's parser finds out what is wrong with it.
        """
        received = self._received
        while True:
            line_end = received.find(b"\r\n", self._chunk_at)
            if line_end < 0:
                return len(received) - self._chunk_at > CHUNK_LINE_LIMIT
            found = CHUNK_SIZE.match(received, self._chunk_at)
            size = int(found[1], 16) if found else 0
            if size == 0:
                trailers = received[line_end : line_end + HEAD_LIMIT]
                return not found or b"\r\n\r\n" in trailers or len(trailers) == HEAD_LIMIT
            end = line_end + 2 + size + 2
            if end > len(received):
                if self.length + size > self._limit:
                    self.length += size
                return False
            self._chunk_at = end
            self.length += size
