"""What processes say, as LOG_FORMAT has it: a line a record, and nothing in it that nobody should read later."""

import json
import logging
import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest
from flask import request, request_finished

from app import create_app, logs
from config import ROOT, Config

FORGED = '127.0.0.1 "GET /forged HTTP/1.1" 200'


def record(message="", *args, exc_info=None):
    return logging.LogRecord("app.mail", logging.WARNING, "", 0, message, args, exc_info)


def raised(message):
    try:
        raise RuntimeError(message)
    except RuntimeError:
        return sys.exc_info()


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n", "\x0b", "\x0c", "\x85", "\u2028", "\x1b[2K\x1b[1G"])
def test_what_somebody_sent_looks_like_no_record_of_its_own_in_text(end):
    for text in (
        logs.Text().format(record("no page %s", f"/a{end}{FORGED}")),
        logs.Text().format(record("it broke", exc_info=raised(f"a{end}{FORGED}"))),
    ):
        assert FORGED in text
        assert not any(line.startswith(FORGED) for line in text.splitlines())
        assert not re.search(r"[^\n -~]", text)


def test_a_mail_in_the_log_can_be_read(context):
    text = logs.Text().format(record("mail to %s:\n%s\n", "élise@example.com", "Bonjour,\nhttp://localhost/x?token=y"))
    assert text == "WARNING app.mail: mail to élise@example.com:\n    Bonjour,\n    http://localhost/x?token=y"


def test_in_json_an_error_and_its_traceback_are_one_line():
    line = logs.Json().format(record("it\nbroke at %s", "/ü", exc_info=raised("sword\nfish")))
    assert line.isascii()
    assert len(line.splitlines()) == 1
    fields = json.loads(line)
    assert (fields["level"], fields["logger"], fields["message"]) == ("WARNING", "app.mail", "it\nbroke at /ü")
    assert fields["exception"].startswith("Traceback")
    assert fields["exception"].endswith("RuntimeError: sword\nfish")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", fields["time"])


@pytest.mark.parametrize("shape", [logs.Text, logs.Json])
def test_what_is_logged_during_a_request_bears_its_id(app, shape):
    with app.test_request_context(headers={"X-Request-ID": "the-id-of-it"}):
        app.preprocess_request()
        assert "the-id-of-it" in shape().format(record("it broke"))
    assert "request_id" not in shape().format(record("it broke"))


@pytest.fixture
def user_of(app):
    """`user_of(call, …)`: the user id that the log is told of the last request that the call makes."""

    def user_of(call, *args, **kwargs):
        users = []

        def note(_app, **_response):
            users.append(request.environ.get(logs.USER_ID))

        with request_finished.connected_to(note, app):
            call(*args, **kwargs)
        return users[-1]

    return user_of


def test_the_log_is_told_who_is_logged_in(client, make_user, log_in, user_of):
    susan = make_user("susan")
    assert user_of(client.get, "/explore") is None
    assert user_of(log_in, "susan") == susan.id
    assert user_of(client.get, "/explore") == susan.id


def test_the_log_is_told_whose_token_it_is(client, make_user, user_of):
    susan = make_user("susan")
    token = client.post("/api/tokens", auth=("susan", "correct horse")).json["token"]
    assert user_of(client.get, "/api/users", headers={"Authorization": f"Bearer {token}"}) == susan.id
    assert user_of(client.get, "/api/users", headers={"Authorization": f"Bearer {token}x"}) is None


@pytest.mark.parametrize("path", ["/health", "/static/logo.svg"])
def test_the_log_asks_no_database_who_wants_a_probe_or_a_picture(client, make_user, log_in, statements, user_of, path):
    make_user("susan")
    log_in("susan")
    with statements() as sent:
        assert user_of(client.get, path) is None
    assert sent == []


@pytest.fixture
def dev(environ):
    """`dev()`: an application as Flask's own server runs it."""
    log, werkzeug = logging.getLogger("microblog.access"), logging.getLogger("werkzeug")
    filters = list(werkzeug.filters)
    yield lambda: create_app(Config(environ | {"APP_ENVIRONMENT": "DEV", "JOB_WORKERS": "0"}))
    log.handlers.clear()
    werkzeug.filters[:] = filters


def test_in_development_a_request_is_a_line_too_and_werkzeug_s_own_is_not(capsys, dev):
    dev().test_client().get("/health?token=secret").close()
    line = capsys.readouterr().out
    assert re.fullmatch(r'127.0.0.1 "GET /health HTTP/1.1" 200 16 bytes [\d.]+ ms \w{32} user -\n', line)
    werkzeug = logging.getLogger("werkzeug")
    message = '127.0.0.1 - - [25/Nov/2026 09:00:00] "%s" %s %s\n'
    assert not werkzeug.filter(logging.LogRecord("werkzeug", logging.INFO, "", 0, message, (), None))
    assert werkzeug.filter(logging.LogRecord("werkzeug", logging.INFO, "", 0, " * Running on", (), None))


# An application that breaks, and a thread's and a library's ways to say so.
BROKEN = """
import threading, warnings
from microblog import app

@app.get("/broken")
def broken():
    warnings.warn("old ways")
    thread = threading.Thread(target=lambda: 1 / 0)
    thread.start()
    thread.join()
    raise RuntimeError("sword\\nfish")
"""


@pytest.fixture
def serve(environ, tmp_path, free_port):
    """`serve(ask, LOG_FORMAT=…)`: gunicorn as boot.sh starts it, while `ask(address)` runs; its two streams."""
    (tmp_path / "broken.py").write_text(BROKEN)

    def serve(ask, **settings):
        address = f"127.0.0.1:{free_port()}"
        environment = os.environ | environ | {"BIND": address, "JOB_WORKERS": "0", "PYTHONPATH": str(tmp_path)}
        command = [sys.executable, "-m", "gunicorn", "-c", "app/gunicorn_conf.py", "broken:app"]
        server = subprocess.Popen(
            command, cwd=ROOT, env=environment | settings, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        try:
            end = time.monotonic() + 60
            while server.poll() is None and time.monotonic() < end:
                try:
                    fetch(f"http://{address}/health")
                    break
                except urllib.error.URLError:
                    time.sleep(0.05)
            ask(f"http://{address}")
        finally:
            server.terminate()
            streams = server.communicate(timeout=20)
        return streams

    return serve


def fetch(url, data=None, **headers):
    """Ask, whatever the answer."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data, headers)) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code


def ask(address):
    """Requests that hold what nobody should read later, one that breaks, and one that can't be read."""
    fetch(f"{address}/auth/reset-password?token=hidden-1")
    fetch(f"{address}/auth/login", b"username=susan&password=hidden-2")
    fetch(f"{address}/api/users", Authorization="Bearer hidden-3", Cookie="microblog=hidden-4")
    fetch(f"{address}/a%0a%0d{FORGED.replace(' ', '%20')}", **{"User-Agent": f"a\x85{FORGED}"})
    assert fetch(f"{address}/broken?token=hidden-5") == 500
    fetch(f"{address}/%0Abroken", **{"X-hidden-6 ": "hidden-7"})


def test_a_server_logs_all_in_json_and_nothing_that_was_sent(serve):
    out, err = serve(ask, LOG_FORMAT="json")
    assert "hidden" not in out + err
    requests, records = ([json.loads(line) for line in text.splitlines()] for text in (out, err))
    [broken] = [entry for entry in requests if entry["path"] == "/broken"]
    assert broken.keys() == {
        "time", "level", "logger", "address", "method", "path", "protocol", "status", "bytes", "duration_ms",
        "request_id", "user_id",
    }  # fmt: skip
    assert (broken["status"], broken["user_id"]) == (500, None)
    errors = {entry["exception"].splitlines()[-1]: entry for entry in records if "exception" in entry}
    assert errors.keys() == {"fish", "ZeroDivisionError: division by zero"}
    assert errors["fish"]["request_id"] == broken["request_id"]
    assert {"gunicorn.error", "app", "py.warnings", "microblog"} <= {entry["logger"] for entry in records}


def test_a_server_logs_lines_of_text_by_default_which_nobody_can_forge(serve):
    out, err = serve(ask)
    assert "hidden" not in out + err
    assert all(
        re.fullmatch(r"\S+ \"[A-Z]+ \S* \S+\" \d+ \d+ bytes [\d.]+ ms \S+ user -", line) for line in out.splitlines()
    )
    assert all(re.match(r"[A-Z]+ [\w.]+( \[\w+\])?: |    ", line) for line in err.splitlines())
