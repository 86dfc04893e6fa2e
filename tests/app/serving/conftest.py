"""The production server, run as boot.sh runs it."""

import contextlib
import os
import resource
import signal
import socket
import subprocess
import sys
import time

import pytest

from config import ROOT
from tests.fixtures.servers import unused_port

GET = b"GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n"


class Gunicorn:
    """A running server. `log()` returns what it has printed."""

    def __init__(self, environ, folder, *arguments, conf, target, files):
        self.address = ("127.0.0.1", unused_port())
        self.log = (folder / "log").read_text
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        settings = {"JOB_WORKERS": "0"} | environ
        bind = "{}:{}".format(*self.address)
        command = [sys.executable, "-m", "gunicorn", "-c", str(conf), "--bind", bind, *arguments, target]
        with (folder / "log").open("w") as log:
            self.process = subprocess.Popen(command, cwd=ROOT, env=kept | settings, stdout=log, stderr=log)
        if files:
            resource.prlimit(self.process.pid, resource.RLIMIT_NOFILE, (files, files))

    def wait(self):
        """Wait until it answers."""
        end = time.monotonic() + 30
        while "Booting worker" not in self.log():
            assert self.process.poll() is None, self.log()
            assert time.monotonic() < end, self.log()
            time.sleep(0.02)
        self.ask(GET % b"/health")

    def connect(self, *, buffer=None):
        """Return a new connection, which gives up after 10 s; `buffer` limits the bytes received beforehand."""
        client = socket.socket()
        if buffer:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        client.settimeout(10)
        client.connect(self.address)
        return client

    def ask(self, *pieces, pause=0.05):
        """Send a request in pieces; return the status and the whole of what comes back."""
        with self.connect() as client:
            for number, piece in enumerate(pieces):
                time.sleep(pause if number else 0)
                client.sendall(piece)
            return read(client)

    def stop(self, timeout=10):
        """Send SIGTERM; return the exit code."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(timeout)
        finally:
            self.process.kill()
            self.process.wait()


@contextlib.contextmanager
def connections(server, number, data, **options):
    """Open connections on which `data` is sent, and no more."""
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(server.connect(**options)) for _ in range(number)]
        for client in clients:
            client.sendall(data)
        yield clients


def read(client):
    """Return the status of an answer, or None if there is none, and all its bytes."""
    answer = b""
    with contextlib.suppress(ConnectionResetError):
        while data := client.recv(65536):
            answer += data
    return int(answer.split()[1]) if answer else None, answer


def body(answer):
    return answer.partition(b"\r\n\r\n")[2]


@pytest.fixture(scope="module")
def start(application, environ, tmp_path_factory):
    """`start("--argument", NAME="value", …)`: start a server and wait for it; returns a Gunicorn.

    `conf` is a file of settings, `target` the application, `files` the number of files it may open.
    """
    servers = []

    def start(*arguments, conf="app/gunicorn_conf.py", target="microblog:app", files=None, **settings):
        folder = tmp_path_factory.mktemp("server")
        server = Gunicorn(environ | settings, folder, *arguments, conf=conf, target=target, files=files)
        servers.append(server)
        server.wait()
        return server

    yield start
    for server in servers:
        if server.process.poll() is None:
            server.stop()


@pytest.fixture(scope="module")
def server(start):
    """A server with one worker, so that whatever holds it up shows."""
    return start(WEB_CONCURRENCY="1")
