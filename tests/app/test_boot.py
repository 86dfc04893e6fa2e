"""boot.sh and the startup that it runs, without a container."""

import json
import os
import signal
import subprocess
import time

import pytest

from config import ROOT


@pytest.fixture
def environ(tmp_path):
    """The environment of a first start, without settings from the environment of the tests."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "VIRTUAL_ENV") if name in os.environ}
    return kept | {"DATA_DIR": str(tmp_path / "data"), "DB_WAIT_SECONDS": "1"}


@pytest.fixture
def boot(environ, tmp_path):
    """`boot("migrate", NAME=value, …)` runs boot.sh from another folder and returns the completed process."""

    def run(*arguments, **settings):
        command = ["sh", str(ROOT / "boot.sh"), *arguments]
        return subprocess.run(
            command, cwd=tmp_path, env=environ | settings, capture_output=True, text=True, check=False, timeout=120
        )

    return run


@pytest.fixture
def copy(tmp_path):
    """A folder with boot.sh alone, whose startup prints where it runs."""
    folder = tmp_path / "copy"
    (folder / "app/ops").mkdir(parents=True)
    (folder / "boot.sh").write_bytes((ROOT / "boot.sh").read_bytes())
    (folder / "app/ops/startup.py").write_text("import sys; print(sys.prefix)")
    return folder


@pytest.mark.parametrize("content", ["empty", "other Python", "no packages"])
def test_environment_without_the_packages_is_not_used(copy, environ, content):
    programs = copy / "venv/bin"
    programs.mkdir(parents=True)
    if content == "other Python":
        (programs / "python3").symlink_to("/nowhere/python3")
    elif content == "no packages":
        (programs / "python3").write_text("#!/bin/sh\nexit 1\n")
        (programs / "python3").chmod(0o755)
    result = subprocess.run(
        ["sh", copy / "boot.sh", "migrate"], env=environ, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stderr
    assert "boot.sh: venv/ lacks the packages or its Python; using /" in result.stderr
    assert str(copy) not in result.stdout


def test_environment_with_the_packages_is_used(copy, environ):
    (copy / "venv/bin").mkdir(parents=True)
    (copy / "venv/bin/python3").write_text("#!/bin/sh\necho the environment\n")
    (copy / "venv/bin/python3").chmod(0o755)
    result = subprocess.run(
        ["sh", copy / "boot.sh", "migrate"], env=environ, capture_output=True, text=True, check=False
    )
    assert (result.stdout.splitlines()[-1], result.stderr) == ("the environment", "")


def test_context_of_the_lab_is_named(copy, environ):
    environ["CONTEXT"] = "DEV"
    result = subprocess.run(
        ["sh", copy / "boot.sh", "migrate"], env=environ, capture_output=True, text=True, check=False
    )
    assert result.stderr == "boot.sh: CONTEXT is ignored; set APP_ENVIRONMENT=DEV\n"


@pytest.mark.parametrize(
    ("arguments", "settings", "status", "line"),
    [
        (["wbe"], {}, 64, "boot.sh: 'wbe' is not a role; use web (the default), worker or migrate"),
        ([], {"APP_ENVIRONMENT": "prod"}, 64, "'prod' is not valid; use PROD (the default) or DEV"),
        ([], {"APP_ENVIRONMENT": "dev"}, 64, "'dev' is not valid; use PROD (the default) or DEV"),
        ([], {"APP_ENVIRONMENT": "staging"}, 64, "'staging' is not valid; use PROD (the default) or DEV"),
        ([], {"FLASK_DEBUG": "1"}, 78, "FLASK_DEBUG is set: its debugger runs code for anyone; unset it, or set APP"),
        ([], {"FLASK_DEBUG": "true", "APP_ENVIRONMENT": ""}, 78, "FLASK_DEBUG is set"),
        ([], {"MIGRATE_ON_BOOT": "no"}, 78, "MIGRATE_ON_BOOT='no' is not valid; use 1 (the default) or 0"),
        ([], {"LOG_FORMAT": "xml"}, 78, "LOG_FORMAT='xml' is not valid; use text (the default) or json"),
        ([], {"WEB_CONCURRENCY": "many"}, 78, "WEB_CONCURRENCY='many' is not a whole number"),
        ([], {"REDIS_URL": "memcached://there"}, 78, "REDIS_URL is not the URL of a Redis server; give one such as"),
        ([], {"DATABASE_URL": "oracle://there"}, 78, "use sqlite, mysql or mariadb"),
        ([], {"SECRET_KEY": "change-me"}, 78, "SECRET_KEY is a known placeholder"),
        ([], {"DATABASE_URL": "mysql://a:b@127.0.0.1:1/c"}, 78, "set SECRET_KEY or SECRET_KEY_FILE"),
        ([], {"DATABASE_URL": "mysql://a:b@127.0.0.1:1/c", "SECRET_KEY": "x" * 9}, 69, "did not answer within 1 s"),
        ([], {"DATA_DIR": "/dev/null/data"}, 73, "/dev/null/data can't be written by user"),
    ],
)
def test_invalid_settings_end_boot_with_one_line_and_a_status(boot, arguments, settings, status, line):
    result = boot(*arguments, **settings)
    assert (result.returncode, result.stdout) == (status, "")
    assert line in result.stderr.splitlines()[-1]
    assert "Traceback" not in result.stderr
    assert "a:b@" not in result.stderr  # a password


def test_migrate_creates_the_schema_and_exits(boot, tmp_path):
    result = boot("migrate")
    assert result.returncode == 0, result.stderr
    assert "Running upgrade  -> 0001" in result.stderr
    assert {"app.db", "secret_key"} <= {file.name for file in (tmp_path / "data").iterdir()}


def test_second_start_logs_nothing(boot):
    boot("migrate")
    second = boot("migrate")
    assert (second.returncode, second.stdout, second.stderr) == (0, "", "")


def test_startup_logs_json_if_configured(boot):
    result = boot("migrate", LOG_FORMAT="json")
    messages = [json.loads(line)["message"] for line in result.stderr.splitlines()]
    assert result.stdout == ""
    assert any(message.startswith("Running upgrade  -> 0001") for message in messages)


@pytest.mark.parametrize("setting", [{"WEB_CONCURRENCY": "0"}, {"DATA_DIR": "/dev/null/data"}])
def test_startup_error_is_json_too(boot, setting):
    [line] = boot(LOG_FORMAT="json", **setting).stderr.splitlines()
    assert json.loads(line)["level"] == "ERROR"


def test_empty_settings_have_their_defaults(boot):
    empty = dict.fromkeys(("APP_ENVIRONMENT", "FLASK_DEBUG", "MIGRATE_ON_BOOT", "WEB_CONCURRENCY", "DATABASE_URL"), "")
    assert boot("migrate", **empty).returncode == 0


@pytest.fixture
def waiting(environ):
    """`waiting(role)` starts boot.sh and returns the process while it waits for an unavailable database."""
    processes = []

    def start(*arguments):
        settings = {"DATABASE_URL": "mysql://a:b@127.0.0.1:1/c", "SECRET_KEY": "x" * 9, "DB_WAIT_SECONDS": "60"}
        # In a new session, so that a signal reaches boot.sh only, as an engine signals process 1 only.
        process = subprocess.Popen(
            ["sh", str(ROOT / "boot.sh"), *arguments],
            env=environ | settings,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        processes.append(process)
        assert "waiting" in process.stderr.readline()
        return process

    yield start
    for process in processes:
        process.kill()
        process.stderr.close()
        process.wait()


@pytest.mark.parametrize(("role", "status"), [("web", 0), ("worker", 0), ("migrate", 75)])
def test_sigterm_ends_the_wait_for_the_database(waiting, role, status):
    """Stopping a server is a success; an interrupted migration is a failure."""
    process = waiting(role)
    begin = time.monotonic()
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == status
    assert time.monotonic() - begin < 5


def test_boot_sh_has_fewer_than_60_lines():
    assert len((ROOT / "boot.sh").read_text().splitlines()) < 60
