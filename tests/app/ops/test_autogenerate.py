"""`flask db migrate`, as CONTRIBUTING.md tells developers to use it."""

import os
import shutil
import subprocess
import sys

import pytest

from app.ops import autogenerate
from config import ROOT

COLUMNS = """
    nickname: Mapped[str | None] = mapped_column(String(20))
    born_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
"""


@pytest.fixture
def checkout(tmp_path):
    """A copy of the source, with two columns more in the first model."""
    for name in ("app", "migrations"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "static"))
    for name in ("microblog.py", "config.py"):
        shutil.copy(ROOT / name, tmp_path)
    models = tmp_path / "app" / "users" / "models.py"
    source = models.read_text(encoding="utf-8")
    models.write_text(source.replace("\n    username: Mapped[str]", f"{COLUMNS}    username: Mapped[str]", 1))
    return tmp_path


def flask_db(checkout, *arguments):
    return subprocess.run(
        [sys.executable, "-m", "flask", "--app", "microblog", "db", *arguments],
        cwd=checkout, env={"PATH": os.environ["PATH"], "DATA_DIR": str(checkout / "data")}, check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=100,
    )  # fmt: skip


def test_migration_needs_an_upgraded_database(checkout):
    made = flask_db(checkout, "migrate", "--rev-id", "9999")
    assert (made.returncode, list((checkout / "migrations" / "versions").glob("9999*"))) == (70, [])
    assert made.stdout.splitlines()[-1].endswith("run first: flask db upgrade")


def test_migration_without_a_change_is_not_written(checkout):
    shutil.copy(ROOT / "app" / "users" / "models.py", checkout / "app" / "users")
    flask_db(checkout, "upgrade")
    made = flask_db(checkout, "migrate", "--rev-id", "9999")
    assert (made.returncode, list((checkout / "migrations" / "versions").glob("9999*"))) == (64, [])
    assert made.stdout.splitlines()[-1].endswith("change the models first")


def test_revision_writes_an_empty_migration(checkout):
    flask_db(checkout, "upgrade")
    assert flask_db(checkout, "revision", "--rev-id", "9999").returncode == 0
    assert len(list((checkout / "migrations" / "versions").glob("9999*"))) == 1


def test_new_columns_become_a_migration_that_runs(checkout):
    flask_db(checkout, "upgrade")
    made = flask_db(checkout, "migrate", "-m", "add columns", "--rev-id", "9999")
    [file] = (checkout / "migrations" / "versions").glob("9999*")
    assert made.returncode == 0, made.stdout
    assert (file.name, file.stat().st_uid) == ("9999_add_columns.py", os.getuid())
    added = [line.split("sa.Column(")[1] for line in file.read_text().splitlines() if "add_column" in line]
    assert added == ["'nickname', sa.String(length=20), nullable=True))", "'born_at', UTC_DATETIME, nullable=True))"]
    upgraded = flask_db(checkout, "upgrade")
    assert "Running upgrade" in upgraded.stdout
    assert upgraded.returncode == 0, upgraded.stdout


def test_read_only_source_is_refused_with_the_place_to_run(app, context, monkeypatch, capsys):
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with pytest.raises(SystemExit) as ended:
        autogenerate.check(None, None, [])
    assert ended.value.code == 73
    assert "run this in a checkout that you own: make shell ENGINE=local" in capsys.readouterr().err
