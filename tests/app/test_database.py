import contextlib
import os
import socket
import sqlite3
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import create_engine, select, text, type_coerce
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError

from app.database import (
    DatabaseAway,
    UTCDateTime,
    db,
    insert_if_absent,
    migration_lock,
    prepare_directory,
    wait_until_ready,
)
from app.posts.models import Post
from app.relationships.models import Follow
from app.users.models import User


@pytest.fixture
def free_port():
    """A port of this host that nothing listens on."""
    with socket.socket() as opened:
        opened.bind(("127.0.0.1", 0))
        return opened.getsockname()[1]


def person(name="susan", **more):
    """An account as the tables want it, without the rules of registering."""
    return User(
        username=name, username_key=name, email=f"{name}@e.example", email_key=f"{name}@e.example",
        password_hash="-", **more,
    )  # fmt: skip


@pytest.mark.parametrize(
    "body",
    ["🫠", "👩‍👩‍👧‍👦", "👍🏽", "日本語", "مرحبا", "a\u0301", "\u202eevil", "trailing  ", "x" * 1000],
    ids=["emoji", "family", "skin", "cjk", "rtl", "combining", "override", "spaces", "longest"],
)
def test_every_character_comes_back_as_it_was(context, body):
    db.session.add(Post(author=person(display_name=body[:400]), body=body))
    db.session.commit()
    db.session.expire_all()
    assert db.session.scalar(select(Post.body)) == body
    assert db.session.scalar(select(User.display_name)) == body[:400]
    assert db.session.scalar(select(Post.id).where(Post.body == body)) is not None


def test_lookalikes_are_different_values(context):
    db.session.add_all([Post(author=person(), body="🍣"), Post(author=person("álice"), body="🍺")])
    db.session.commit()
    assert db.session.scalars(select(Post.body).where(Post.body == "🍣")).all() == ["🍣"]
    assert db.session.scalar(select(User.id).where(User.username_key == "alice")) is None


def test_a_key_is_taken_once(context):
    db.session.add(person())
    db.session.commit()
    db.session.add(person())
    with pytest.raises(IntegrityError):
        db.session.flush()


def test_a_released_savepoint_is_undone_with_its_transaction(context):
    with db.session.begin_nested():
        db.session.add(person())
    db.session.rollback()
    assert db.session.scalars(select(User)).all() == []


def test_a_failed_savepoint_leaves_the_rest_of_the_transaction(context):
    db.session.add(person())
    db.session.flush()
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.add(person())
    db.session.commit()
    assert db.session.scalars(select(User.username)).all() == ["susan"]


def test_a_row_that_is_there_stays_as_it_is(context, make_user):
    david, susan = make_user("david"), make_user("susan")
    for _ in range(2):
        insert_if_absent(Follow, follower_id=david.id, followed_id=susan.id)
    with pytest.raises(IntegrityError):
        insert_if_absent(Follow, follower_id=david.id, followed_id=susan.id + 1)
    db.session.rollback()


def test_a_moment_keeps_its_microseconds_and_its_zone(context):
    moment = datetime(2026, 11, 25, 1, 2, 3, 456789, tzinfo=timezone(timedelta(hours=2)))
    db.session.add(person(created_at=moment))
    db.session.commit()
    db.session.expire_all()
    stored = db.session.scalar(select(User.created_at))
    assert (stored, stored.tzinfo) == (moment, UTC)


def test_a_moment_without_a_zone_is_refused(context):
    with pytest.raises(StatementError, match="has no time zone"):
        db.session.execute(select(type_coerce(datetime(2026, 1, 1), UTCDateTime)))


def test_a_transaction_sees_and_may_change_what_others_committed_meanwhile(context):
    db.session.add(person())
    db.session.commit()
    assert db.session.scalar(select(User.about_me)) == ""
    with db.engine.begin() as other:
        other.execute(User.__table__.update().values(about_me="changed"))
    assert db.session.scalar(select(User.about_me)) == "changed"
    db.session.execute(User.__table__.update().values(about_me="again"))
    db.session.commit()
    assert db.session.scalar(select(User.about_me)) == "again"


def test_what_belongs_to_a_person_goes_with_them(context):
    db.session.add(Post(author=person(), body="hello"))
    db.session.commit()
    db.session.execute(User.__table__.delete())
    db.session.commit()
    assert db.session.scalars(select(Post)).all() == []


def test_an_id_is_never_given_twice(context):
    ids = []
    for _ in range(2):
        susan = person()
        db.session.add(susan)
        db.session.commit()
        ids.append(susan.id)
        db.session.delete(susan)
        db.session.commit()
    assert ids[0] < ids[1]


def test_waiting_for_a_server_that_never_comes_ends_with_its_address_but_not_its_password(free_port):
    engine = create_engine(f"mysql+pymysql://microblog:hidden@127.0.0.1:{free_port}/microblog")
    told = []
    with pytest.raises(DatabaseAway, match=rf"127\.0\.0\.1:{free_port}/microblog did not answer within 1 s") as caught:
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


def test_an_error_does_not_quote_what_somebody_wrote(context):
    with pytest.raises(DBAPIError) as caught:
        db.session.execute(text("SELECT :words FROM nowhere"), {"words": "between us"})
    assert "between us" not in str(caught.value)
