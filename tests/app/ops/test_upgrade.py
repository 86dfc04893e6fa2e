import contextlib
import os
import sqlite3
import subprocess
import sys
import threading

import pytest
from sqlalchemy import create_engine, text

from app.database import db
from app.ops.upgrade import DatabaseAway, migration_lock, prepare_directory, wait_until_ready


def test_waiting_for_a_server_that_never_comes_ends_with_its_address_but_not_its_password(free_port):
    port = free_port()
    engine = create_engine(f"mysql+pymysql://microblog:hidden@127.0.0.1:{port}/microblog")
    told = []
    with pytest.raises(DatabaseAway, match=rf"127\.0\.0\.1:{port}/microblog did not answer within 1 s") as caught:
        wait_until_ready(engine, 1, told.append)
    assert len(told) == 1
    assert "hidden" not in str(caught.value) + told[0]
    assert "\n" not in str(caught.value)


def test_a_file_that_is_no_database_is_not_waited_for(tmp_path):
    (tmp_path / "app.db").write_bytes(b"not a database" * 1000)
    with pytest.raises(DatabaseAway, match="can't be used"):
        wait_until_ready(create_engine(f"sqlite:///{tmp_path / 'app.db'}"), 3600)


def test_looking_at_the_folder_keeps_the_locks_of_an_open_database(tmp_path):
    path = tmp_path / "app.db"
    begin = f"import sqlite3; sqlite3.connect({str(path)!r}, timeout=0).execute('BEGIN IMMEDIATE')"
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        prepare_directory(f"sqlite:///{path}")
        other = subprocess.run([sys.executable, "-c", begin], capture_output=True, text=True, check=False)
    assert "database is locked" in other.stderr


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere")
    tmp_path.chmod(0o500)
    with pytest.raises(PermissionError):
        prepare_directory(f"sqlite:///{tmp_path / 'app.db'}")


def test_the_lock_is_for_one_at_a_time(context):
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


def test_waiting_for_the_lock_is_bounded(context):
    with db.engine.connect() as holder, db.engine.connect() as other, migration_lock(holder, 1):
        second = migration_lock(other, 1)
        with pytest.raises(DatabaseAway, match="for 1 s"):
            second.__enter__()


def test_the_lock_ends_with_a_failure_inside(context):
    with db.engine.connect() as connection, pytest.raises(ZeroDivisionError), migration_lock(connection, 1):
        raise ZeroDivisionError
    with db.engine.connect() as connection, migration_lock(connection, 1):
        pass


def test_the_lock_leaves_the_connection_as_it_found_it(context):
    if db.engine.dialect.name != "sqlite":
        pytest.skip("these are SQLite's settings of a connection")

    def settings(connection):
        return [connection.scalar(text(f"PRAGMA {name}")) for name in ("foreign_keys", "busy_timeout", "journal_mode")]

    with db.engine.connect() as connection:
        with migration_lock(connection, 1):
            assert settings(connection)[0] == 0
        assert settings(connection) == [1, 5000, "wal"]
