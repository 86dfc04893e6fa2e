"""`flask` commands: they close the database, and report one that is away."""

import contextlib
import os
import shutil
import sqlite3
import subprocess
import sys

import pytest

from app.commands import Command, Group
from app.ops import cli
from config import ROOT

# Flask-Migrate's, which migrations/env.py ends with a line, and flask-smorest's, which reads no database.
OF_LIBRARIES = {"db", "openapi"}


def test_every_command_is_of_a_class_that_reports_database_failures(app):
    own = {name: command for name, command in app.cli.commands.items() if name not in OF_LIBRARIES}
    assert {"user", "search", "seed"} <= set(own)
    assert [name for name, command in own.items() if not isinstance(command, Command | Group)] == []


@pytest.mark.parametrize("command", ["user promote susan", "user delete susan --yes", "user recount", "search reindex"])
def test_command_ends_with_one_line_and_69_while_the_database_hangs(hung_server, app_on, command):
    other = app_on(hung_server.port)
    cli.init_app(other)
    result = other.test_cli_runner().invoke(args=command.split())
    assert (result.exit_code, result.output.count("\n")) == (69, 1)
    assert result.output.startswith("microblog: the database failed: (2013, ")


def test_command_ends_with_one_line_while_sqlite_is_locked(impatient_app, make_user, sqlite_lock):
    make_user("susan")
    cli.init_app(impatient_app)
    with sqlite_lock():
        result = impatient_app.test_cli_runner().invoke(args=["user", "promote", "susan"])
    line = "microblog: the database failed: database is locked"
    assert (result.exit_code, result.output.partition(";")[0]) == (69, line)


def test_command_leaves_all_data_in_the_database_file(tmp_path):
    environ = os.environ | {"DATA_DIR": str(tmp_path), "FLASK_APP": "microblog.py"}
    for command in ("db upgrade", "user create susan susan@example.com --password-stdin"):
        words = [sys.executable, "-m", "flask", *command.split()]
        subprocess.run(words, cwd=ROOT, env=environ, input="correct horse\n", text=True, check=True)
    assert not (tmp_path / "app.db-wal").exists()
    copy = shutil.copy(tmp_path / "app.db", tmp_path / "copy.db")
    with contextlib.closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT username FROM user").fetchall() == [("susan",)]
