"""Requests that keep the application waiting, and applications that fail: others are served meanwhile."""

import contextlib
import os
import signal
import socket
from types import SimpleNamespace

import pytest

from app.serving.worker import BufferingWorker
from tests.app.serving.conftest import GET, body, connections, read
from tests.fixtures.boot import workers_of

# Waits for the file "go", fails or streams, as the path says. gunicorn_conf.py reads the setting.
APPLICATION = """
import time
from pathlib import Path

GO = Path(__file__).with_name("go")


class Application:
    config = {"JOB_WORKERS": 0}

    def __call__(self, environ, start_response):
        path, method = environ["PATH_INFO"], environ["REQUEST_METHOD"]
        if path == "/fail":
            raise RuntimeError("failed")
        if path == "/stuck":
            time.sleep(30)
        if path == "/slow":
            while not GO.exists():
                time.sleep(0.01)
        headers = [("Content-Length", "2")] if path in ("/", "/slow", "/empty") else []
        start_response("204 No Content" if path == "/empty" else "200 OK", headers)
        return parts(path)


def parts(path):
    yield b"o"
    if path == "/late":
        yield b"x" * 1_000_000
    if path == "/broken":
        raise ConnectionResetError("the rest can't be read")
    if path in ("/early", "/late"):
        raise RuntimeError("failed " + path)
    yield b"k"
    if path == "/stream":
        for _ in range(1000):
            yield b"x" * 1000


app = Application()
"""


@pytest.fixture(scope="module")
def application_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("application")
    (folder / "application.py").write_text(APPLICATION)
    return folder


@pytest.fixture(scope="module")
def serve(start, application_folder):
    """`serve("--argument", NAME="value")`: start a server with one worker on the application above."""

    def serve(*arguments, **settings):
        arguments = ("--pythonpath", str(application_folder), *arguments)
        return start(*arguments, target="application:app", **{"WEB_CONCURRENCY": "1"} | settings)

    return serve


@pytest.fixture(scope="module")
def server(serve):
    return serve()


@pytest.fixture
def go(application_folder):
    """A file: once it exists, slow requests are answered."""
    path = application_folder / "go"
    yield path
    path.unlink(missing_ok=True)


def test_slow_requests_do_not_delay_others(server, go):
    with connections(server, 10, GET % b"/slow") as clients:
        assert server.ask(GET % b"/")[0] == 200
        go.touch()
        assert [read(client)[0] for client in clients] == [200] * 10


def test_more_slow_requests_than_threads_are_all_answered(server, go):
    with connections(server, 40, GET % b"/slow") as clients:
        go.touch()
        assert [read(client)[0] for client in clients] == [200] * 40


def test_streamed_answer_is_chunked(server):
    _, answer = server.ask(GET % b"/stream")
    assert b"\r\nTransfer-Encoding: chunked\r\n" in answer
    assert body(answer).startswith(b"1\r\no\r\n1\r\nk\r\n3E8\r\n")
    assert body(answer).endswith(b"\r\n0\r\n\r\n")
    assert body(answer).count(b"x") == 1_000_000


def test_answer_of_204_has_no_body(server):
    status, answer = server.ask(GET % b"/empty")
    assert (status, body(answer)) == (204, b"")
    assert b"Content-Length" not in answer


@pytest.mark.parametrize("path", ["/fail", "/early"])
def test_failing_application_is_answered_with_500(server, path):
    assert server.ask(GET % path.encode())[0] == 500
    assert "RuntimeError: failed" in server.log()


def test_answer_that_fails_half_way_is_truncated(server):
    status, answer = server.ask(GET % b"/late")
    assert status == 200
    assert not answer.endswith(b"\r\n0\r\n\r\n")
    assert "RuntimeError: failed /late" in server.log()


def test_application_can_break_off_a_connection(server):
    status, _ = server.ask(GET % b"/broken")
    assert status is None
    assert "ConnectionResetError" not in server.log()
    assert '"GET /broken HTTP/1.1" 200' in server.log()


def test_worker_with_a_stuck_request_is_replaced(serve):
    server = serve("--timeout", "1")
    with connections(server, 1, GET % b"/stuck") as [client]:
        assert server.ask(GET % b"/")[0] == 200
        assert read(client) == (None, b"")
    assert "WORKER TIMEOUT" in server.log()
    assert server.ask(GET % b"/")[0] == 200


def test_stop_answers_requests_in_progress(serve, go):
    server = serve()
    with connections(server, 3, GET % b"/slow") as clients:
        server.ask(GET % b"/")  # the server has read the others before
        server.process.terminate()
        go.touch()
        assert [read(client)[0] for client in clients] == [200] * 3
        assert server.process.wait(5) == 0


def is_refused(server):
    try:
        server.connect().close()
    except ConnectionRefusedError:
        return True
    return False


def test_stop_refuses_connections_while_it_answers_others(serve, go, eventually):
    server = serve()
    with connections(server, 1, GET % b"/slow") as [client]:
        server.ask(GET % b"/")
        server.process.terminate()
        eventually(lambda: is_refused(server), seconds=2)
        go.touch()
        assert read(client)[0] == 200
        assert server.process.wait(5) == 0


def test_stop_answers_requests_that_the_kernel_has_accepted(serve, go, eventually):
    server = serve()
    [worker] = workers_of(server.process.pid, b"gunicorn")
    os.kill(worker, signal.SIGSTOP)
    with connections(server, 3, GET % b"/slow") as slow, connections(server, 3, GET % b"/") as quick:
        server.process.terminate()
        eventually(lambda: "Handling signal: term" in server.log())
        os.kill(worker, signal.SIGCONT)
        assert [read(client)[0] for client in quick] == [200] * 3
        go.touch()
        assert [read(client)[0] for client in slow] == [200] * 3
        assert server.process.wait(5) == 0


def test_worker_is_replaced_after_max_requests(serve):
    server = serve("--max-requests", "5")
    assert [server.ask(GET % b"/")[0] for _ in range(12)] == [200] * 12
    assert server.log().count("Autorestarting worker") == 2


def test_few_files_limit_connections(serve):
    server = serve(files=64)
    with contextlib.ExitStack() as stack:
        for _ in range(100):
            stack.enter_context(server.connect()).sendall(b"GET /")
        assert server.ask(GET % b"/")[0] == 200
    assert "can't accept" not in server.log()


def has_ipv6():
    """Whether this machine, or this container, has the address ::1."""
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


@pytest.mark.skipif(not has_ipv6(), reason="there is no IPv6 here")
def test_ipv6_and_unix_sockets_are_served(serve, free_port, tmp_path):
    port, path = free_port(), str(tmp_path / "socket")
    serve("--bind", f"[::1]:{port}", "--bind", f"unix:{path}")
    for family, address in ((socket.AF_INET6, ("::1", port)), (socket.AF_UNIX, path)):
        with socket.socket(family) as client:
            client.connect(address)
            client.sendall(GET % b"/")
            assert read(client)[0] == 200


def test_tls_is_refused():
    with pytest.raises(SystemExit, match="for TLS, use a proxy, or gunicorn's --worker-class gthread"):
        BufferingWorker.check_config(SimpleNamespace(is_ssl=True), None)
