"""Logs in both formats: one record per line, and no secrets in them."""

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
def test_log_injection_is_escaped(end):
    for text in (
        logs.Text().format(record("no page %s", f"/a{end}{FORGED}")),
        logs.Text().format(record("it broke", exc_info=raised(f"a{end}{FORGED}"))),
    ):
        assert FORGED in text
        assert not any(line.startswith(FORGED) for line in text.splitlines())
        assert not re.search(r"[^\n -~]", text)


def test_mail_in_the_log_keeps_its_lines(context):
    text = logs.Text().format(record("mail to %s:\n%s\n", "élise@example.com", "Bonjour,\nhttp://localhost/x?token=y"))
    assert text == "WARNING app.mail: mail to élise@example.com:\n    Bonjour,\n    http://localhost/x?token=y"


def test_json_record_of_an_exception_is_one_line():
    line = logs.Json().format(record("it\nbroke at %s", "/ü", exc_info=raised("sword\nfish")))
    assert line.isascii()
    assert len(line.splitlines()) == 1
    fields = json.loads(line)
    assert (fields["level"], fields["logger"], fields["message"]) == ("WARNING", "app.mail", "it\nbroke at /ü")
    assert fields["exception"].startswith("Traceback")
    assert fields["exception"].endswith("RuntimeError: sword\nfish")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", fields["time"])


@pytest.mark.parametrize("formatter", [logs.Text, logs.Json])
def test_record_during_a_request_has_the_request_id(app, formatter):
    with app.test_request_context(headers={"X-Request-ID": "the-request-id"}):
        app.preprocess_request()
        assert "the-request-id" in formatter().format(record("it broke"))
    assert "request_id" not in formatter().format(record("it broke"))


@pytest.fixture
def user_of(app):
    """`user_of(call, …)`: the user id that is logged for the last request of the call."""

    def user_of(call, *args, **kwargs):
        users = []

        def note(_app, **_response):
            users.append(request.environ.get(logs.USER_ID))

        with request_finished.connected_to(note, app):
            call(*args, **kwargs)
        return users[-1]

    return user_of


def test_request_log_has_the_id_of_the_signed_in_user(client, make_user, log_in, user_of):
    susan = make_user("susan")
    assert user_of(client.get, "/explore") is None
    assert user_of(log_in, "susan") == susan.id
    assert user_of(client.get, "/explore") == susan.id


def test_request_log_has_the_id_of_the_token_owner(client, make_user, user_of):
    susan = make_user("susan")
    token = client.post("/api/tokens", auth=("susan", "correct horse")).json["token"]
    assert user_of(client.get, "/api/users", headers={"Authorization": f"Bearer {token}"}) == susan.id
    assert user_of(client.get, "/api/users", headers={"Authorization": f"Bearer {token}x"}) is None


@pytest.mark.parametrize("path", ["/health", "/static/logo.svg"])
def test_anonymous_endpoints_send_no_query_for_the_log(client, make_user, log_in, statements, user_of, path):
    make_user("susan")
    log_in("susan")
    with statements() as sent:
        assert user_of(client.get, path) is None
    assert sent == []


@pytest.fixture
def dev(environ):
    """`dev()`: an application as Flask's development server runs it."""
    log, werkzeug = logging.getLogger("microblog.access"), logging.getLogger("werkzeug")
    filters = list(werkzeug.filters)
    yield lambda: create_app(Config(environ | {"APP_ENVIRONMENT": "DEV", "JOB_WORKERS": "0"}))
    log.handlers.clear()
    werkzeug.filters[:] = filters


def test_development_server_logs_requests_without_query(capsys, dev):
    dev().test_client().get("/health?token=secret").close()
    line = capsys.readouterr().out
    assert re.fullmatch(r'127.0.0.1 "GET /health HTTP/1.1" 200 16 bytes [\d.]+ ms \w{32} user -\n', line)
    werkzeug = logging.getLogger("werkzeug")
    message = '127.0.0.1 - - [25/Nov/2026 09:00:00] "%s" %s %s\n'
    assert not werkzeug.filter(logging.LogRecord("werkzeug", logging.INFO, "", 0, message, (), None))
    assert werkzeug.filter(logging.LogRecord("werkzeug", logging.INFO, "", 0, " * Running on", (), None))


# An application with a failing view, which also starts a failing thread and issues a warning.
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
    """`serve(ask, LOG_FORMAT=…)`: run gunicorn as boot.sh does during `ask(address)`; returns its stdout, stderr."""
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
    """Return the status of the response."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data, headers)) as response:
            return response.status
    except urllib.error.HTTPError as error:
        return error.code


def ask(address):
    """Send requests with secrets, one that fails, and one that is malformed."""
    fetch(f"{address}/auth/reset-password?token=hidden-1")
    fetch(f"{address}/auth/login", b"username=susan&password=hidden-2")
    fetch(f"{address}/api/users", Authorization="Bearer hidden-3", Cookie="microblog=hidden-4")
    fetch(f"{address}/a%0a%0d{FORGED.replace(' ', '%20')}", **{"User-Agent": f"a\x85{FORGED}"})
    assert fetch(f"{address}/broken?token=hidden-5") == 500
    fetch(f"{address}/%0Abroken", **{"X-hidden-6 ": "hidden-7"})


def test_server_logs_json_without_secrets(serve):
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


def test_server_logs_text_without_secrets_or_forged_lines(serve):
    out, err = serve(ask)
    assert "hidden" not in out + err
    assert all(
        re.fullmatch(r"\S+ \"[A-Z]+ \S* \S+\" \d+ \d+ bytes [\d.]+ ms \S+ user -", line) for line in out.splitlines()
    )
    assert all(re.match(r"[A-Z]+ [\w.]+( \[\w+\])?: |    ", line) for line in err.splitlines())
