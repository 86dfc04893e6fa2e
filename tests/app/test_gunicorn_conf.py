"""What gunicorn itself makes of its settings, as boot.sh starts it."""

import io
import subprocess
import sys
from datetime import timedelta

import pytest
from gunicorn.app.wsgiapp import WSGIApplication
from gunicorn.http.errors import InvalidRequestLine

from app.logs import REQUEST_ID, USER_ID
from config import ROOT, Config, ConfigError


@pytest.fixture
def settings(monkeypatch):
    """settings(NAME=value, …): gunicorn's configuration in an environment with these variables."""

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


def test_the_number_of_workers_comes_from_the_environment(settings):
    assert settings().workers == 2
    assert settings(WEB_CONCURRENCY="5").workers == 5


@pytest.mark.parametrize("value", ["0", "many", "-1", "2.5"])
def test_a_number_of_workers_that_is_none_is_refused_before_gunicorn_starts(value):
    with pytest.raises(ConfigError, match="WEB_CONCURRENCY"):
        Config({"WEB_CONCURRENCY": value})


def test_it_listens_where_bind_says(settings):
    assert settings().bind == ["0.0.0.0:5000"]
    assert settings(BIND="127.0.0.1:5001").bind == ["127.0.0.1:5001"]


def test_an_answer_has_time_to_end_before_the_engine_kills(settings):
    assert 0 < settings().graceful_timeout < 10  # seconds, the engine's


def test_there_is_no_control_socket_and_no_proxy_is_believed(settings):
    assert settings().control_socket_disable
    assert settings().forwarded_allow_ips == []


def test_all_is_logged_to_the_engine(settings):
    assert (settings().accesslog, settings().errorlog) == ("-", "-")


def test_heartbeats_go_to_memory_where_there_is_some(settings, monkeypatch):
    assert settings().worker_tmp_dir == "/dev/shm"
    monkeypatch.setattr("os.access", lambda path, mode: False)
    assert settings().worker_tmp_dir is None


@pytest.fixture
def logger(settings):
    """gunicorn's logger as these settings make it, and `logger.written()`, which takes what it wrote."""
    config = settings()
    logger, stream = config.logger_class(config), io.StringIO()
    handlers = [(log, log.handlers[-1]) for log in (logger.error_log, logger.access_log)]  # pytest's stand before
    for _log, handler in handlers:
        handler.setStream(stream)
    logger.written = stream.getvalue
    yield logger
    for log, handler in handlers:
        log.removeHandler(handler)


def test_a_request_s_line_holds_its_id_and_its_user_s_and_neither_the_query_nor_a_line_break(logger):
    class Response:
        status = "200 OK"
        sent = 12

    request = {"REQUEST_METHOD": "GET", "RAW_URI": "/a%0ab?token=secret", "SERVER_PROTOCOL": "HTTP/1.1"}
    request |= {"PATH_INFO": "/a\nb", "QUERY_STRING": "token=secret", "REMOTE_ADDR": "192.0.2.1"}
    logger.access(Response, None, request | {REQUEST_ID: "the-id-of-it", USER_ID: 5}, timedelta(microseconds=7040))
    assert logger.written() == '192.0.2.1 "GET /a%0Ab HTTP/1.1" 200 12 bytes 7.0 ms the-id-of-it user 5\n'


def test_a_request_that_fails_in_the_server_is_logged_without_its_query(logger):
    try:
        raise OSError("the disk is full")
    except OSError:
        logger.exception("Error handling request %s %s", "GET", "/a?token=secret")
    text = logger.written()
    assert text.startswith("ERROR gunicorn.error: Error handling request GET /a\n")
    assert "the disk is full" in text
    assert "secret" not in text


def test_a_request_that_cannot_be_read_is_not_quoted(logger):
    try:
        raise InvalidRequestLine("GET /a?token=secret")
    except InvalidRequestLine as error:
        logger.warning(f"Invalid request from ip=::1: {error}")
    assert logger.written() == "WARNING gunicorn.error: Invalid request from ip=::1: InvalidRequestLine\n"


def test_garbage_is_not_looked_for_while_the_application_is_loaded_and_later_only_in_what_is_new():
    code = "import gc, runpy; conf = runpy.run_path('app/gunicorn_conf.py'); print(gc.isenabled())"
    code += "; from microblog import app; from types import SimpleNamespace as S; app.config['JOB_WORKERS'] = 0"
    code += "; conf['when_ready'](S(app=S(wsgi=lambda: app))); print(gc.isenabled(), gc.get_freeze_count() > 10_000)"
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert result.stdout.split() == ["False", "True", "True"]


def test_a_stop_while_the_application_is_loaded_is_heard():
    """Process 1 gets no signal that it has no handler for: what gunicorn has none for yet, the settings must have."""
    code = "import os, runpy; runpy.run_path('app/gunicorn_conf.py'); os.kill(os.getpid(), 15); print('deaf')"
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout) == (0, "")


def test_a_stop_that_boot_sh_held_back_is_delivered():
    code = "import os; os.kill(os.getpid(), 15); import runpy; runpy.run_path('app/gunicorn_conf.py'); print('deaf')"
    command = ["env", "--block-signal=TERM", sys.executable, "-c", code]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout) == (0, "")
