"""Rate limits of a server with two workers: with Redis they count together."""

import signal
import socket
import subprocess
import sys
import time
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

import pytest

from tests.fixtures.forms import csrf_token_in


@pytest.fixture
def serve(application, environ, free_port, tmp_path):
    """`serve(**settings)`: start the application under gunicorn with two workers; returns its URL."""
    servers = []

    def serve(**settings):
        port = free_port()
        command = [sys.executable, "-m", "gunicorn", "-c", "python:app.gunicorn_conf", "microblog:app"]
        env = {"WEB_CONCURRENCY": "2", "BIND": f"127.0.0.1:{port}", "PATH": "/usr/bin:/bin"}
        with open(tmp_path / "log", "w") as log:
            server = subprocess.Popen(
                command, env=env | environ | settings, stdout=log, stderr=log, cwd=Path(application.root_path).parent
            )
        servers.append(server)
        wait_for(port)
        return f"http://127.0.0.1:{port}"

    yield serve
    for server in servers:
        server.send_signal(signal.SIGTERM)
        server.wait(15)


def wait_for(port):
    end = time.monotonic() + 30
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("no response within 30 s")


def guesses_answered(site, times):
    """Guess a password `times` times; return how many guesses were not stopped by the limit."""
    browser = build_opener(HTTPCookieProcessor(CookieJar()))
    token = csrf_token_in(browser.open(f"{site}/auth/login").read().decode())
    body = urlencode({"username": "susan", "password": "wrong horse", "csrf_token": token}).encode()
    answered = 0
    for _time in range(times):
        try:
            browser.open(f"{site}/auth/login", body)
        except HTTPError as error:
            assert error.code in (400, 429)
            answered += error.code == 400
    return answered


def test_workers_count_apart_without_redis(serve):
    answered = guesses_answered(serve(), 40)
    assert 10 <= answered <= 20


def test_workers_count_together_in_redis(serve, redis):
    assert guesses_answered(serve(REDIS_URL=redis), 40) == 10


def test_workers_count_apart_while_redis_is_down(serve, free_port):
    assert 10 <= guesses_answered(serve(REDIS_URL=f"redis://127.0.0.1:{free_port()}/0"), 40) <= 20
