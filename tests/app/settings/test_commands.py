"""A wrong setting ends each command of the application with the same line."""

import os
import subprocess
import sys

import pytest

from config import ROOT

PASSWORD = "p@ss/w#rdSECRET"
PYTHON = [sys.executable, "-m"]
LINE = "DATABASE_URL is not of the form mysql://user:password@host:port/name; percent-encode these"


@pytest.fixture
def run(tmp_path):
    """`run(*command, NAME=value, …)` runs a command with a wrong DATABASE_URL."""

    def run(*command, **variables):
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "VIRTUAL_ENV") if name in os.environ}
        environ = kept | {"DATA_DIR": str(tmp_path), "DATABASE_URL": f"mysql://u:{PASSWORD}@h/db"} | variables
        return subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False, timeout=60)

    return run


def check(result, status, prefix="microblog: "):
    [line] = result.stderr.splitlines()
    assert line.startswith(f"{prefix}{LINE}")
    assert (result.returncode, result.stdout) == (status, "")
    assert "SECRET" not in line


@pytest.mark.parametrize(
    "command",
    [
        ["flask", "db", "upgrade"],
        ["app.jobs"],
        ["app.ops.startup"],
        ["gunicorn", "-c", "app/gunicorn_conf.py", "microblog:app"],
    ],
    ids=" ".join,
)
def test_command_ends_with_one_line(run, command):
    check(run(*PYTHON, *command, FLASK_APP="microblog.py"), 78)


def test_boot_ends_with_one_line(run):
    check(run("sh", "boot.sh"), 78)


def test_flask_without_its_setting_ends_with_one_line(run):
    check(run(*PYTHON, "flask", "routes"), 78, prefix="Error: ")


def test_gunicorn_without_our_settings_ends(run):
    result = run(*PYTHON, "gunicorn", "--no-control-socket", "-b", "127.0.0.1:0", "microblog:app")
    assert result.returncode == 3
    assert f"microblog: {LINE}" in result.stderr
    assert "Traceback" not in result.stderr
    assert "SECRET" not in result.stderr


def test_warnings_are_said_once(run):
    link = "tcp://10.0.0.7:25"
    settings = {"DATABASE_URL": "", "MAIL_PORT": link, "REDIS_PORT": link, "ADMINS": "me@blog.example"}
    lines = run("sh", "boot.sh", "migrate", **settings).stderr.splitlines()
    assert [line for line in lines if "_PORT" in line] == [
        "microblog: MAIL_PORT and REDIS_PORT: service links of Kubernetes or Docker, not settings; ignored"
    ]
    assert [line for line in lines if "ADMINS" in line] == [
        "microblog: ADMINS: no effect without MAIL_SERVER; mails are written to the log"
    ]
