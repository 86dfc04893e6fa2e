"""make accept and make check, a server that never completes its response: reading ends at a deadline. No engine."""

import socket
import threading
from contextlib import contextmanager

import pytest

from scripts.contract import container
from scripts.contract.container import Container
from scripts.contract.engine import Engine

OK = b"HTTP/1.1 200 OK\r\n"


@contextmanager
def server_of(start, repeated, pause):
    """Gives a container whose server sends `start`, then `repeated` again and again with a pause in seconds."""
    done = threading.Event()

    def serve():
        client, _ = listener.accept()
        with client:
            client.recv(1 << 16)
            client.sendall(start)
            try:
                while repeated and not done.wait(pause):
                    client.sendall(repeated)
            except OSError:
                pass  # the client has gone

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield Container(Engine("false"), "a", 5000, _published={5000: listener.getsockname()[1]})
        finally:
            done.set()
            thread.join(10)


@pytest.mark.timeout(30)
@pytest.mark.parametrize(
    ("start", "repeated", "pause"),
    [
        (b"HTTP/1.1 200 ", b"O", 0.05),
        (OK + b"X-A: ", b"a", 0.05),
        (OK + b"Content-Length: 1000000\r\n\r\n", b"a", 0.05),
        (OK + b"\r\n", b"a", 0.05),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\na\r\n", 0.05),
        (OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", b"X: a\r\n", 0.0),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n", 0.0),
    ],
    ids=["status", "header", "body", "body to the end", "chunks", "trailers", "interim responses"],
)
def test_response_without_an_end_is_none(monkeypatch, start, repeated, pause):
    monkeypatch.setattr(container, "ANSWER_SECONDS", 0.5)
    with server_of(start, repeated, pause) as served:
        assert served.request("/") is None


def test_response_is_read_to_its_end_or_to_a_bound():
    with server_of(OK + b"Server: a\r\nContent-Length: 3\r\n\r\nyes", b"", 0) as served:
        answer = served.request("/")
    assert (answer.status, answer.headers["server"], answer.body) == (200, "a", b"yes")
    with server_of(OK + b"\r\n", bytes(1 << 18), 0) as served:
        assert len(served.request("/").body) == 1 << 20
