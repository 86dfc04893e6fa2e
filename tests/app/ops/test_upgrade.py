import contextlib
import itertools
import os
import sqlite3
import subprocess
import sys
import threading
from types import SimpleNamespace

import pytest
from sqlalchemy import create_engine, text

from app.database import db
from app.ops import upgrade
from app.ops.upgrade import DatabaseUnavailable, migration_lock, prepare_directory, wait_until_ready


def test_wait_timeout_names_the_server_without_its_password(free_port, monkeypatch):
    clock = SimpleNamespace(monotonic=itertools.count(step=0.5).__next__, sleep=lambda seconds: None)
    monkeypatch.setattr(upgrade, "time", clock)
    port = free_port()
    engine = create_engine(f"mysql+pymysql://microblog:hidden@127.0.0.1:{port}/microblog")
    waits = []
    with pytest.raises(
        DatabaseUnavailable, match=rf"127\.0\.0\.1:{port}/microblog did not answer within 1 s"
    ) as caught:
        wait_until_ready(engine, 1, waits.append)
    assert len(waits) == 1
    assert "hidden" not in str(caught.value) + waits[0]
    assert "\n" not in str(caught.value)


def test_file_that_is_not_a_database_fails_at_once(tmp_path):
    (tmp_path / "app.db").write_bytes(b"not a database" * 1000)
    with pytest.raises(DatabaseUnavailable, match="can't be used"):
        wait_until_ready(create_engine(f"sqlite:///{tmp_path / 'app.db'}"), 3600)


def test_preparing_the_folder_keeps_the_locks_of_an_open_database(tmp_path):
    path = tmp_path / "app.db"
    begin = f"import sqlite3; sqlite3.connect({str(path)!r}, timeout=0).execute('BEGIN IMMEDIATE')"
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        prepare_directory(f"sqlite:///{path}")
        other = subprocess.run([sys.executable, "-c", begin], capture_output=True, text=True, check=False)
    assert "database is locked" in other.stderr


def test_read_only_folder_raises_an_error(tmp_path):
    if os.geteuid() == 0:
        pytest.skip("root can write everywhere")
    tmp_path.chmod(0o500)
    with pytest.raises(PermissionError):
        prepare_directory(f"sqlite:///{tmp_path / 'app.db'}")


def test_lock_is_exclusive(context):
    order = []
    entered, leave = threading.Event(), threading.Event()

    def hold():
        with context.app_context(), db.engine.connect() as connection, migration_lock(connection, 10):
            entered.set()
            leave.wait(10)
            order.append("first")

    first = threading.Thread(target=hold)
    first.start()
    assert entered.wait(10)
    threading.Timer(0.2, leave.set).start()
    with db.engine.connect() as connection, migration_lock(connection, 10):
        order.append("second")
    first.join()
    assert order == ["first", "second"]


def test_wait_for_the_lock_times_out(context):
    with db.engine.connect() as holder, db.engine.connect() as other, migration_lock(holder, 1):
        waits = []
        second = migration_lock(other, 1, lambda: waits.append("once"))
        with pytest.raises(DatabaseUnavailable, match="for 1 s"):
            second.__enter__()
        assert waits == ["once"]


def test_free_lock_is_not_waited_for(context):
    with db.engine.connect() as connection, migration_lock(connection, 1, pytest.fail):
        pass


def test_lock_is_released_after_an_exception(context):
    with db.engine.connect() as connection, pytest.raises(ZeroDivisionError), migration_lock(connection, 1):
        raise ZeroDivisionError
    with db.engine.connect() as connection, migration_lock(connection, 1):
        pass


def test_lock_restores_the_settings_of_the_connection(context):
    if db.engine.dialect.name != "sqlite":
        pytest.skip("the settings are SQLite's")

    def settings(connection):
        return [connection.scalar(text(f"PRAGMA {name}")) for name in ("foreign_keys", "busy_timeout", "journal_mode")]

    with db.engine.connect() as connection:
        with migration_lock(connection, 1):
            assert settings(connection)[0] == 0
        assert settings(connection) == [1, 5000, "wal"]
