"""Clients that are slow or silent: others are served, and they are served in the end."""

import contextlib
import select
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from config import ROOT
from tests.app.serving.conftest import GET, body, connections, read

LARGE = b"/bootstrap/static/css/bootstrap.min.css"  # 230 kB, more than a connection buffers
POST = b"POST /posts/1/language HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
FORM = POST + b"Content-Length: %d\r\n\r\n"
SLOW = {
    "silent": b"",
    "half a line": b"GET /hea",
    "half a head": b"GET /health HTTP/1.1\r\nHost: loc",
    "half a body": FORM % 100 + b"language=fr&x=",
    "half a chunk": POST + b"Transfer-Encoding: chunked\r\n\r\n10\r\nlangu",
}


@pytest.mark.parametrize("kind", SLOW)
def test_fifty_slow_clients_delay_nobody(server, kind):
    with connections(server, 50, SLOW[kind]):
        for path in (b"/health", b"/auth/login"):
            assert server.ask(GET % path)[0] == 200


@pytest.mark.parametrize("kind", SLOW)
def test_slow_client_is_answered_in_the_end(server, kind):
    rest = {
        "silent": GET % b"/health",
        "half a line": b"lth HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "half a head": b"alhost\r\n\r\n",
        "half a body": b"x" * 86,
        "half a chunk": b"age=fr&x=xx\r\n0\r\n\r\n",
    }[kind]
    with connections(server, 1, SLOW[kind]) as [client]:
        for byte in rest:
            time.sleep(0.002)
            client.sendall(bytes([byte]))
        status, _ = read(client)
    assert status == (400 if "body" in kind or "chunk" in kind else 200)  # 400: without a CSRF token


def test_pages_are_served_beside_clients_that_read_nothing(server):
    whole = body(server.ask(GET % LARGE)[1])
    with connections(server, 50, GET % LARGE, buffer=4096) as clients:
        assert server.ask(GET % b"/health")[0] == 200
        assert server.ask(GET % b"/auth/login")[0] == 200
        assert body(read(clients[0])[1]) == whole


@pytest.fixture(scope="module")
def start_with(start, tmp_path_factory):
    """`start_with("connection.SILENCE = 1")`: start a server with one worker and other constants."""

    def start_with(*constants):
        conf = tmp_path_factory.mktemp("settings") / "conf.py"
        lines = ["    from app.serving import connection, lead, worker", *(f"    {constant}" for constant in constants)]
        own = (ROOT / "app" / "gunicorn_conf.py").read_text()
        conf.write_text("\n".join([own, "def post_worker_init(process):", *lines]))
        return start(conf=conf, WEB_CONCURRENCY="1")

    return start_with


@pytest.fixture(scope="module")
def impatient(start_with):
    return start_with("connection.SILENCE = 1")


@pytest.fixture(scope="module")
def small(start_with):
    return start_with("process._limit = 20", "worker.BUFFERS = 2_000_000")


def test_silent_clients_are_disconnected(impatient):
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(connections(impatient, 1, data))[0] for data in SLOW.values()]
        assert [read(client) for client in clients] == [(None, b"")] * len(SLOW)


def test_client_that_reads_nothing_is_disconnected(impatient, eventually):
    with connections(impatient, 1, GET % LARGE, buffer=4096):
        eventually(lambda: LARGE.decode() in impatient.log())  # a request is logged at its end


def closed(clients):
    return select.select(clients, [], [], 0)[0]


def test_one_connection_too_many_closes_another(small, eventually):
    with connections(small, 20, SLOW["half a head"]) as clients:
        assert small.ask(GET % b"/health")[0] == 200
        eventually(lambda: len(closed(clients)) == 1)
        [other, *_] = set(clients) - set(closed(clients))
        other.sendall(b"alhost\r\n\r\n")
        assert read(other)[0] == 200


def test_too_large_buffers_close_the_largest(small, eventually):
    with connections(small, 1, FORM % 70_000) as [modest], connections(small, 4, FORM % 10**6) as clients:
        modest.sendall(b"x" * 69_999)
        for client in clients:
            client.sendall(b"x" * 900_000)
        assert small.ask(GET % b"/health")[0] == 200
        eventually(lambda: len(closed(clients)) == 2)
        modest.sendall(b"x")
        assert read(modest)[0] == 400


def test_no_answer_is_lost_while_the_lead_changes(start_with):
    server = start_with("lead.PATIENCE = 0")
    whole = body(server.ask(GET % LARGE)[1])
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: server.ask(GET % LARGE)[1], range(100)))
    assert all(body(answer) == whole for answer in answers)
    assert "Traceback" not in server.log()


def test_stop_does_not_wait_for_slow_clients(start_with):
    server = start_with("worker.STOP_TIME = 0.5")
    with contextlib.ExitStack() as stack:
        for data in [*SLOW.values(), GET % LARGE]:
            stack.enter_context(connections(server, 5, data, buffer=4096))
        server.ask(GET % b"/health")
        assert server.stop(timeout=5) == 0
