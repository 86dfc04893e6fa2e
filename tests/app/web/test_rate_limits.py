import re
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
from flask import request

from app import create_app
from app.web import rate_limits
from config import Config, ConfigError

WRONG = {"username": "susan", "password": "wrong horse"}


@pytest.fixture
def guess(client, fill_in):
    """`guess(times, **fields)`: log in with a wrong password; the last answer."""

    def guess(times, **fields):
        for _time in range(times):
            response = fill_in("/auth/login", **WRONG | fields)
        return response

    return guess


def test_whoever_guesses_a_password_is_stopped_and_told_for_how_long(guess, make_user):
    make_user("susan")
    assert guess(10).status_code == 400
    stopped = guess(1)
    assert stopped.status_code == 429
    assert 1 <= int(stopped.headers["Retry-After"]) <= 60
    assert "Too many requests" in stopped.text
    assert "Try again in a minute." in stopped.text
    assert guess(1, username="SUSAN ", password="correct horse").status_code == 429  # the right one too


def test_a_limit_ends_with_its_time(guess, make_user, monkeypatch):
    make_user("susan")
    retry_after = int(guess(11).headers["Retry-After"])
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() + retry_after)
    assert guess(1, password="correct horse").status_code == 302


def test_others_at_the_same_address_go_on(guess, make_user):
    make_user("susan")
    make_user("john")
    assert guess(11).status_code == 429
    assert guess(1, username="john", password="correct horse").status_code == 302


def test_a_name_that_nobody_has_is_stopped_alike(guess):
    assert guess(11, username="nobody").status_code == 429


def test_whoever_knows_the_password_is_never_stopped(app, make_user, log_in):
    make_user("susan")
    for _time in range(15):
        log_in("susan", client=app.test_client())


@pytest.mark.parametrize("path", ["/auth/login", "/auth/register"])
def test_the_page_itself_is_not_limited(client, path):
    for _time in range(30):
        assert client.get(path).status_code == 200


@pytest.mark.parametrize(
    ("remote", "counted_as"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("", "unknown"),
        (None, "unknown"),
    ],
)
def test_an_address_counts_as_one_subscriber(app, remote, counted_as):
    with app.test_request_context(environ_base={"REMOTE_ADDR": remote}):
        assert rate_limits.address() == counted_as


@pytest.mark.parametrize(
    ("trusted", "forwarded", "address"),
    [
        (0, "192.0.2.1", "127.0.0.1"),
        (1, "192.0.2.1", "192.0.2.1"),
        (1, "6.6.6.6, 192.0.2.1", "192.0.2.1"),  # the first is what a visitor wrote
        (2, "6.6.6.6, 192.0.2.1, 10.0.0.1", "192.0.2.1"),
        (2, "192.0.2.1", "127.0.0.1"),  # fewer than there should be: came another way
    ],
)
def test_of_forwarded_addresses_only_those_of_trusted_proxies_are_believed(
    environ, monkeypatch, trusted, forwarded, address
):
    app = create_app(Config(environ | {"TRUSTED_PROXIES": str(trusted)}))
    seen = []
    monkeypatch.setitem(app.view_functions, "health.live", lambda: seen.append(rate_limits.address()) or "")
    app.test_client().get("/health", headers={"X-Forwarded-For": forwarded})
    assert seen == [address]


@pytest.mark.parametrize(("trusted", "scheme"), [(0, "http"), (1, "https")])
def test_the_scheme_is_the_proxys_and_the_host_never_is(environ, monkeypatch, trusted, scheme):
    app = create_app(Config(environ | {"TRUSTED_PROXIES": str(trusted)}))
    seen = []
    monkeypatch.setitem(app.view_functions, "health.live", lambda: seen.append(request.url) or "")
    headers = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example", "X-Forwarded-Prefix": "//evil"}
    app.test_client().get("/health", headers=headers)
    assert seen == [f"{scheme}://localhost/health"]


# A server with two workers


@pytest.fixture
def serve(application, environ, free_port, tmp_path):
    """`serve(**settings)`: the address of the application under gunicorn with two workers."""
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
    raise AssertionError("no answer within 30 s")


def guesses_answered(site, times):
    """How many of so many guesses were answered rather than stopped."""
    browser = build_opener(HTTPCookieProcessor(CookieJar()))
    token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', browser.open(f"{site}/auth/login").read().decode())[1]
    body = urlencode(WRONG | {"csrf_token": token}).encode()
    answered = 0
    for _time in range(times):
        try:
            browser.open(f"{site}/auth/login", body)
        except HTTPError as error:
            assert error.code in (400, 429)
            answered += error.code == 400
    return answered


def test_in_memory_each_worker_counts_for_itself(serve):
    answered = guesses_answered(serve(), 40)
    assert 10 <= answered <= 20


def test_with_redis_all_workers_count_together(serve, redis):
    assert guesses_answered(serve(REDIS_URL=redis), 40) == 10


def test_while_redis_is_away_workers_count_for_themselves(serve, free_port):
    assert 10 <= guesses_answered(serve(REDIS_URL=f"redis://127.0.0.1:{free_port()}/0"), 40) <= 20


@pytest.mark.parametrize(
    "url",
    ["redis", "http://there", "redis://", "redis://:se/same@there", "redis://there:port", "redis://there:6379/first"],
)
def test_what_is_no_address_of_a_redis_is_refused_without_repeating_it(url):
    with pytest.raises(
        ConfigError, match="REDIS_URL is not the URL of a Redis server; give one such as redis:"
    ) as refused:
        Config({"REDIS_URL": url})
    assert "se/same" not in str(refused.value)


@pytest.mark.parametrize("url", ["redis://there", "rediss://me:sesame@there:6380/1", "redis://[::1]:6379/?protocol=3"])
def test_an_address_of_a_redis_is_taken_as_it_is(url):
    taken = Config({"REDIS_URL": url}).REDIS_URL
    assert taken == url
