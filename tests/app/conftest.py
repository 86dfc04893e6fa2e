"""What the tests of posts, follows and timelines share."""

import contextlib
import shutil
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import flask_migrate
import pytest
from sqlalchemy import event, inspect, select

from app.compiled_select import statement_sent
from app.database import db
from app.posts.services import create_post
from app.relationships.services import follow
from app.users.models import User


@pytest.fixture
def write(context):
    """`write(susan, "Hello", …)`: posts of hers, committed, in the order given; the last one's id."""

    def write(author, *bodies):
        ids = [create_post(author.id, body).id for body in bodies]
        db.session.commit()
        return ids[-1]

    return write


@pytest.fixture
def let_follow(context):
    """`let_follow(susan, john, mary)`: the first follows the others, committed."""

    def let_follow(follower, *others):
        for other in others:
            follow(follower.id, other.id)
        db.session.commit()

    return let_follow


@pytest.fixture
def at_once(app, context):
    """`at_once(call, …)`: make these calls at the same time, each in a request's transaction; what they returned."""

    def at_once(*calls):
        start = Barrier(len(calls))

        def make(call):
            with app.app_context():
                db.session.execute(select(User.id)).all()  # what a request has done by then: it has read
                start.wait(timeout=10)
                result = call()
                db.session.commit()
                return result

        with ThreadPoolExecutor(len(calls)) as pool:
            return list(pool.map(make, calls))

    return at_once


@pytest.fixture
def statements(context):
    """`with statements() as sent:`: the SQL that the database is sent meanwhile, as (statement, parameters)."""

    @contextlib.contextmanager
    def statements():
        sent = []

        def note(_connection, _cursor, statement, parameters, _context, _many):
            sent.append((statement, parameters))

        def note_prepared(statement, parameters, **_time):
            sent.append((statement, parameters))

        event.listen(db.engine, "before_cursor_execute", note)
        try:
            with statement_sent.connected_to(note_prepared):
                yield sent
        finally:
            event.remove(db.engine, "before_cursor_execute", note)

    return statements


@pytest.fixture
def schema(context):
    """The database's engine, for a test that migrates; the schema is the newest again after the test."""
    yield db.engine
    db.session.remove()
    try:
        flask_migrate.upgrade()
    except SystemExit:  # the test failed and left half a migration
        drop_tables(db.engine)
        flask_migrate.upgrade()


def drop_tables(engine):
    """Drop every table, whatever refers to it."""
    with engine.connect() as connection:
        connection.detach()  # the setting below ends with this connection
        is_sqlite = engine.dialect.name == "sqlite"
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF" if is_sqlite else "SET foreign_key_checks=0")
        for name in sorted(inspect(connection).get_table_names()):  # a virtual table comes before the tables it keeps
            connection.exec_driver_sql(f"DROP TABLE IF EXISTS `{name}`")


@pytest.fixture
def redis(new_port, tmp_path):
    """The address of a Redis of its own."""
    from redis import Redis
    from redis.exceptions import ConnectionError as Away

    if not shutil.which("redis-server"):
        pytest.skip("needs redis-server")
    port = new_port()
    url = f"redis://127.0.0.1:{port}/0"
    server = subprocess.Popen(
        ["redis-server", "--port", str(port), "--save", "", "--dir", str(tmp_path)], stdout=subprocess.DEVNULL
    )
    end = time.monotonic() + 30
    while True:
        with contextlib.suppress(Away):
            if Redis.from_url(url).ping():
                break
        assert time.monotonic() < end, "no answer within 30 s"
        time.sleep(0.05)
    yield url
    server.terminate()
    server.wait(10)
