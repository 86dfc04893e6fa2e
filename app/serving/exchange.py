"""A request and the application's response, read part by part."""

from collections.abc import Iterable, Iterator
from contextvars import Context
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any, Protocol

from gunicorn.http.wsgi import create

from app.serving.incoming import Incoming

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


class Server(Protocol):
    """What an exchange uses of gunicorn's worker."""

    cfg: Any
    log: Any
    wsgi: "WSGIApplication"


class Exchange:
    """A request, and the application's answer to it as far as it has been asked for.

    `sock` takes the answer; `client` and `address` are those of its two ends. All calls of the application run in one
    context, so that an answer can be continued between other requests, and by another thread.
    """

    def __init__(self, server: Server, incoming: Incoming, sock: object, client: object, address: object) -> None:
        self._server, self._incoming = server, incoming
        self._sock, self._client, self._address = sock, client, address
        self._context = Context()
        self._began = datetime.now()
        self._environ: dict[str, Any] = {}
        self._answer: Iterable[bytes] | None = None
        self._parts: Iterator[bytes] = iter(())
        self._response: Any = None

    def begin(self) -> None:
        """Call the application."""
        self._context.run(self._begin)

    def _begin(self) -> None:
        request = self._incoming.request
        self._response, self._environ = create(request, self._sock, self._client, self._address, self._server.cfg)
        self._response.force_close()
        self._environ["wsgi.multithread"] = True
        self._environ["wsgi.input"] = BytesIO(self._incoming.body)
        if self._environ.pop("HTTP_TRANSFER_ENCODING", None):  # the body is decoded, so it has a length
            self._environ["CONTENT_LENGTH"] = str(self._incoming.length)
        self._answer = self._server.wsgi(self._environ, self._response.start_response)
        self._parts = iter(self._answer)

    def more(self) -> bool:
        """Ask for the next part, which is written to the socket; False after the last one."""
        part = self._context.run(next, self._parts, None)
        if part is None:
            self._response.close()
            return False
        self._response.write(part)
        return True

    def end(self) -> None:
        """Log the request, and let the application release what it holds."""
        if self._answer is None:
            return
        answer, self._answer = self._answer, None
        taken = datetime.now() - self._began
        try:
            self._server.log.access(self._response, self._incoming.request, self._environ, taken)
            if hasattr(answer, "close"):
                self._context.run(answer.close)
        except Exception:
            self._server.log.exception("Error after the answer to a request")
