"""The probe of the image's HEALTHCHECK."""

import socket
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from app.ops import probe


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, ("localhost", 5000)),
        ({"BIND": "", "PORT": ""}, ("localhost", 5000)),
        ({"PORT": "8080"}, ("localhost", 8080)),
        ({"BIND": ":8000"}, ("localhost", 8000)),
        ({"BIND": "0.0.0.0:8000", "PORT": "8080"}, ("0.0.0.0", 8000)),
        ({"BIND": "127.0.0.1:5000"}, ("127.0.0.1", 5000)),
        ({"BIND": "[::]:5000"}, ("localhost", 5000)),
        ({"BIND": "web.internal:80"}, ("web.internal", 80)),
    ],
)
def test_probe_asks_where_the_server_listens(environment, expected):
    assert probe.address(environment) == expected


@pytest.fixture
def server():
    """server(status, host): starts a server that answers with this status; its port."""
    started = []

    class IPv6Server(HTTPServer):
        address_family = socket.AF_INET6

    def start(status, host="127.0.0.1"):
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(status if self.path == "/health" else 404)
                self.end_headers()

            def log_message(self, *arguments):
                pass

        started.append((IPv6Server if ":" in host else HTTPServer)((host, 0), Handler))
        threading.Thread(target=started[-1].serve_forever, args=(0.01,)).start()
        return started[-1].server_port

    yield start
    for running in started:
        running.shutdown()
        running.server_close()


@pytest.mark.parametrize(("status", "code"), [(200, 0), (500, 1), (503, 1), (302, 1)])
def test_probe_exits_with_0_only_for_status_200(server, status, code):
    environment = {"PORT": str(server(status)), "http_proxy": "http://127.0.0.1:9"}
    assert subprocess.run([sys.executable, "-I", probe.__file__], env=environment, check=False).returncode == code


def test_probe_asks_for_another_path(server):
    environment = {"PORT": str(server(200))}
    command = [sys.executable, "-I", probe.__file__]
    assert subprocess.run([*command, "/health"], env=environment, check=False).returncode == 0
    assert subprocess.run([*command, "/health/ready"], env=environment, check=False).returncode == 1


@pytest.mark.parametrize(("host", "bind"), [("0.0.0.0", "0.0.0.0"), ("0.0.0.0", ""), ("::", "[::]"), ("::1", "[::1]")])
def test_probe_reaches_each_kind_of_address(server, host, bind):
    try:
        port = server(200, host)
    except OSError:
        pytest.skip("this machine has no IPv6")
    assert probe.is_healthy({"BIND": f"{bind}:{port}"})


def test_probe_fails_without_an_answer(free_port):
    assert not probe.is_healthy({"PORT": str(free_port())})
