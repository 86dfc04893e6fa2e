"""Error responses while the database fails; tests/app/test_database_limits.py has those of a server that is away."""

import os
import sqlite3

import pytest
from sqlalchemy import event
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from app.database import db
from tests.fixtures.users import PASSWORD


@pytest.mark.parametrize(
    "error",
    [
        OperationalError("SELECT secret", {}, Exception("server has gone away")),
        InterfaceError("SELECT secret", {}, Exception("(0, '')")),
        PoolTimeoutError("QueuePool limit of size 5 overflow 10 reached"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_database_failure_is_a_503_page_that_needs_no_query(app, client, make_user, log_in, caplog, error):
    make_user("susan")
    log_in("susan")

    def break_down(*_args):
        raise error

    event.listen(db.engine, "before_cursor_execute", break_down)
    try:
        page = client.get("/edit_profile")
    finally:
        event.remove(db.engine, "before_cursor_execute", break_down)
    assert (page.status_code, page.headers["Retry-After"]) == (503, "5")
    assert "The database is not responding." in page.text
    assert "secret" not in page.text
    assert "database:" in caplog.text
    assert client.get("/edit_profile").status_code == 200


def test_forms_and_the_api_are_503_while_sqlite_is_locked(impatient_app, sqlite_lock, susan, caplog):
    browser = impatient_app.test_client()
    browser.post("/auth/login", data={"username": "susan", "password": PASSWORD})
    with sqlite_lock():
        page = browser.post("/post", data={"body": "hello"})
        answer = browser.post("/api/tokens", auth=("susan", PASSWORD))
        assert browser.get("/").status_code == 200
    assert (page.status_code, page.headers["Retry-After"], page.mimetype) == (503, "5", "text/html")
    assert (answer.status_code, answer.headers["Retry-After"], answer.mimetype) == (503, "5", "application/json")
    assert [record.getMessage() for record in caplog.records] == ["database: database is locked"]
    assert browser.post("/post", data={"body": "hello"}).status_code == 302


def test_forms_are_503_while_sqlite_is_read_only(impatient_app, susan, sqlite_lock, caplog):
    browser = impatient_app.test_client()
    browser.post("/auth/login", data={"username": "susan", "password": PASSWORD})
    with impatient_app.app_context(), db.engine.connect() as connection:  # the only one, which the pool gives out again
        connection.exec_driver_sql("PRAGMA query_only=ON")
    for _time in range(2):
        page = browser.post("/post", data={"body": "hello"})
        assert (page.status_code, page.headers["Retry-After"]) == (503, "5")
        assert browser.get("/").status_code == 200
    assert [record.getMessage() for record in caplog.records] == ["database: attempt to write a readonly database"]


def test_sqlite_that_was_opened_for_reading_is_opened_again(impatient_app, susan, sqlite_lock, monkeypatch):
    """SQLite opens a file that can't be written for reading, and then never writes on that connection."""

    browser = impatient_app.test_client()
    browser.post("/auth/login", data={"username": "susan", "password": PASSWORD})
    with impatient_app.app_context():
        engine = db.engine
    engine.dispose()

    def open_for_reading(*_arguments):
        return sqlite3.connect(f"file:{engine.url.database}?mode=ro", uri=True, check_same_thread=False)

    event.listen(engine, "do_connect", open_for_reading)
    with monkeypatch.context() as patch:
        patch.setattr(os, "access", lambda *_arguments: False)
        assert browser.post("/post", data={"body": "hello"}).status_code == 503
        assert browser.get("/").status_code == 200
    event.remove(engine, "do_connect", open_for_reading)
    assert browser.post("/post", data={"body": "hello"}).status_code == 302


def test_failure_after_the_view_is_a_503_page_too(app, client):
    """As in an error page for a user who is signed in, whose name the database would tell."""

    def break_down(_response):
        raise OperationalError("SELECT secret", {}, Exception("server has gone away"))

    app.after_request_funcs[None].append(break_down)
    try:
        page = client.get("/nope")
    finally:
        app.after_request_funcs[None].remove(break_down)
    assert (page.status_code, page.headers["Retry-After"]) == (503, "5")
