"""gunicorn's settings, loaded as boot.sh does."""

import io
import os
import signal
import subprocess
import sys
from datetime import timedelta

import pytest
from gunicorn.app.wsgiapp import WSGIApplication
from gunicorn.http.errors import InvalidRequestLine

from app.logs import REQUEST_ID, USER_ID
from app.serving.worker import BufferingWorker
from app.translation.client import MOST_AT_ONCE
from config import ROOT, Config, ConfigError


@pytest.fixture
def settings(monkeypatch):
    """`settings(NAME=value, …)` returns gunicorn's configuration in this environment."""

    def load(**environ):
        for name in ("BIND", "WEB_CONCURRENCY", "GUNICORN_CMD_ARGS"):
            monkeypatch.delenv(name, raising=False)
        for name, value in environ.items():
            monkeypatch.setenv(name, value)
        monkeypatch.chdir(ROOT)
        monkeypatch.setattr(sys, "argv", ["gunicorn", "-c", "app/gunicorn_conf.py", "microblog:app"])
        monkeypatch.setattr("signal.signal", lambda number, handler: None)
        monkeypatch.setattr("gc.disable", lambda: None)
        return WSGIApplication().cfg

    return load


def test_workers_come_from_the_environment(settings):
    assert settings().workers == 2
    assert settings(WEB_CONCURRENCY="5").workers == 5


@pytest.mark.parametrize("value", ["0", "many", "-1", "2.5"])
def test_invalid_number_of_workers_is_rejected(value):
    with pytest.raises(ConfigError, match="WEB_CONCURRENCY"):
        Config({"WEB_CONCURRENCY": value})


def test_bind_comes_from_the_environment(settings):
    assert settings().bind == ["0.0.0.0:5000"]
    assert settings(BIND="127.0.0.1:5001").bind == ["127.0.0.1:5001"]


def test_slow_requests_have_threads_and_translations_take_half_of_them(settings):
    assert settings().worker_class is BufferingWorker
    assert settings().threads == 2 * MOST_AT_ONCE


def test_worker_that_is_stopped_before_it_has_handlers_ends(settings, monkeypatch):
    post_fork = settings().post_fork
    monkeypatch.undo()
    is_ready, ready = os.pipe()
    previous = signal.signal(signal.SIGTERM, lambda number, frame: None)  # gunicorn's puts the signal into a queue
    if not (worker := os.fork()):
        post_fork(None, None)
        os.write(ready, b".")
        signal.pause()
        os._exit(0)
    signal.signal(signal.SIGTERM, previous)
    os.read(is_ready, 1)
    os.kill(worker, signal.SIGTERM)
    assert os.waitstatus_to_exitcode(os.waitpid(worker, 0)[1]) == -signal.SIGTERM


def test_graceful_timeout_is_shorter_than_the_engine_s(settings):
    assert 0 < settings().graceful_timeout < 10  # seconds, the engine's


def test_control_socket_and_proxy_headers_are_disabled(settings):
    assert settings().control_socket_disable
    assert settings().forwarded_allow_ips == []


def test_logs_go_to_stdout_and_stderr(settings):
    assert (settings().accesslog, settings().errorlog) == ("-", "-")


def test_heartbeat_files_are_in_shared_memory_if_available(settings, monkeypatch):
    assert settings().worker_tmp_dir == "/dev/shm"
    monkeypatch.setattr("os.access", lambda path, mode: False)
    assert settings().worker_tmp_dir is None


@pytest.fixture
def logger(settings):
    """gunicorn's logger with these settings; `logger.written()` returns its output."""
    config = settings()
    logger, stream = config.logger_class(config), io.StringIO()
    handlers = [(log, log.handlers[-1]) for log in (logger.error_log, logger.access_log)]  # pytest's come first
    for _log, handler in handlers:
        handler.setStream(stream)
    logger.written = stream.getvalue
    yield logger
    for log, handler in handlers:
        log.removeHandler(handler)


def test_access_log_has_ids_but_no_query_and_no_line_break(logger):
    class Response:
        status = "200 OK"
        sent = 12

    request = {"REQUEST_METHOD": "GET", "RAW_URI": "/a%0ab?token=secret", "SERVER_PROTOCOL": "HTTP/1.1"}
    request |= {"PATH_INFO": "/a\nb", "QUERY_STRING": "token=secret", "REMOTE_ADDR": "192.0.2.1"}
    logger.access(Response, None, request | {REQUEST_ID: "the-request-id", USER_ID: 5}, timedelta(microseconds=7040))
    assert logger.written() == '192.0.2.1 "GET /a%0Ab HTTP/1.1" 200 12 bytes 7.0 ms the-request-id user 5\n'


def test_error_of_a_request_is_logged_without_its_query(logger):
    try:
        raise OSError("the disk is full")
    except OSError:
        logger.exception("Error handling request %s %s", "GET", "/a?token=secret")
    text = logger.written()
    assert text.startswith("ERROR gunicorn.error: Error handling request GET /a\n")
    assert "the disk is full" in text
    assert "secret" not in text


def test_invalid_request_is_not_quoted_in_the_log(logger):
    try:
        raise InvalidRequestLine("GET /a?token=secret")
    except InvalidRequestLine as error:
        logger.warning(f"Invalid request from ip=::1: {error}")
    assert logger.written() == "WARNING gunicorn.error: Invalid request from ip=::1: InvalidRequestLine\n"


def test_garbage_collection_is_off_while_loading():
    code = "import gc, runpy; conf = runpy.run_path('app/gunicorn_conf.py'); print(gc.isenabled())"
    code += "; from microblog import app; from types import SimpleNamespace as S; app.config['JOB_WORKERS'] = 0"
    code += "; conf['when_ready'](S(app=S(wsgi=lambda: app))); print(gc.isenabled(), gc.get_freeze_count() > 10_000)"
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert result.stdout.split() == ["False", "True", "True"]


def test_sigterm_while_loading_ends_the_process():
    """Process 1 ignores signals without a handler, and gunicorn installs its own later."""
    code = "import os, runpy; runpy.run_path('app/gunicorn_conf.py'); os.kill(os.getpid(), 15); print('alive')"
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout) == (0, "")


def test_sigterm_blocked_by_boot_sh_is_delivered():
    code = (
        "import os, signal; signal.pthread_sigmask(signal.SIG_BLOCK, [15]); os.kill(os.getpid(), 15)\n"
        "import runpy; runpy.run_path('app/gunicorn_conf.py'); print('alive')"
    )
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout) == (0, "")
