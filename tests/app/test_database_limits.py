"""Waits for a database server: each has a bound, and the site recovers at once."""

import contextlib

import pytest
from sqlalchemy import create_engine, text, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from app import database_limits, outages
from app.compiled_select import _engine
from app.database import db
from app.database_limits import PATIENT, POOL_TIMEOUT, PROBE_TIMEOUT, USUAL, patiently
from app.ops import seed
from app.users.models import User

# The home page and all others; the last one doesn't exist.
PAGES = ["/", "/explore", "/user/susan", "/messages", "/notifications", "/settings/export", "/search?q=hello", "/nope"]
JSON = ["/notifications/poll", "/api/users"]
ALL = PAGES + JSON

# The numbers to 1,000, the servers' limit of recursions.
NUMBERS = "WITH RECURSIVE numbers AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM numbers WHERE n < 1000)"


@pytest.fixture
def signed_in(relay, app_on, susan, log_in):
    """The browser of a user who is signed in at an application that reaches the database through the relay."""
    browser = app_on(relay.port).test_client()
    log_in("susan", client=browser)
    return browser


def assert_unavailable(browser, path):
    headers = {"Authorization": "Bearer some-token"} | ({"X-Requested-With": "fetch"} if path in JSON else {})
    response = browser.get(path, headers=headers)
    kind = "application/json" if path in JSON else "text/html"
    assert (response.status_code, response.headers["Retry-After"], response.mimetype) == (503, "5", kind)


def signed_cookie(browser):
    """Give the browser the cookie of a session, which every page looks up."""
    with browser.session_transaction() as session:
        session["_user_id"] = "some session"
    return browser


def test_server_that_never_answers_is_asked_once_per_request(hung_server, app_on, monkeypatch):
    monkeypatch.setattr(database_limits, "PROBE_TIMEOUT", 0.05)
    browser = signed_cookie(app_on(hung_server.port).test_client())
    for number, path in enumerate(ALL, 1):
        assert_unavailable(browser, path)
        assert hung_server.attempts() == number


def test_server_without_a_free_connection_is_503_and_one_line(full_server, app_on, caplog):
    browser = signed_cookie(app_on(full_server).test_client())
    for path in ALL:
        assert_unavailable(browser, path)
    [line] = caplog.records
    assert line.getMessage() == "database: (1040, 'Too many connections')"


@pytest.mark.parametrize("failure", ["freeze", "stop"])
def test_pages_are_503_while_the_server_is_away_and_recover_at_once(signed_in, relay, caplog, failure):
    assert all(signed_in.get(path).status_code < 500 for path in ALL)
    getattr(relay, failure)()
    for path in ("/", "/nope", *JSON):
        assert_unavailable(signed_in, path)
    assert signed_in.get("/health").status_code == 200
    assert signed_in.get("/health/ready").status_code == 503
    [line] = caplog.records
    assert (line.name, line.levelname, line.exc_info) == ("app.outages", "ERROR", None)
    (relay.resume if failure == "freeze" else relay.start)()
    assert all(signed_in.get(path).status_code < 500 for path in ALL)
    assert signed_in.get("/health/ready").status_code == 200


def test_form_sent_while_the_server_hangs_stores_nothing(signed_in, relay, fill_in):
    signed_in.get("/")
    relay.freeze()
    assert signed_in.post("/post", data={"body": "lost?"}).status_code == 503
    relay.resume()
    assert "lost?" not in signed_in.get("/").text
    assert fill_in("/", "/post", client=signed_in, body="stored").status_code == 302


@pytest.fixture
def other(server_url, context):
    """A connection of another client to the same database."""
    with create_engine(db.engine.url).connect() as connection:
        yield connection


def test_locked_table_is_503_and_other_pages_go_on(signed_in, other):
    signed_in.get("/")
    other.execute(text("LOCK TABLES post WRITE"))
    assert_unavailable(signed_in, "/")
    assert signed_in.get("/notifications").status_code == 200
    other.execute(text("UNLOCK TABLES"))
    assert signed_in.get("/").status_code == 200


def test_locked_row_is_503_for_a_form_and_nothing_for_a_page(signed_in, other, fill_in, susan):
    other.execute(update(User).values(last_seen_at=susan.created_at.replace(year=2020)))
    other.commit()
    other.execute(update(User).values(about_me="locked"))
    assert signed_in.get("/").status_code == 200  # its "last seen" is not stored
    assert fill_in("/edit_profile", client=signed_in, about_me="mine").status_code == 503
    other.rollback()
    assert fill_in("/edit_profile", client=signed_in, about_me="mine").status_code == 302


def test_slow_statement_is_ended_by_the_server(server_url, context, short_limits):
    engine = create_engine(db.engine.url)
    with engine.connect() as connection:
        with pytest.raises(OperationalError) as raised:
            connection.execute(text(f"{NUMBERS} SELECT count(*) FROM numbers a, numbers b, numbers c, numbers d"))
        assert outages.is_busy(raised.value)
        assert connection.scalar(text("SELECT 1")) == 1  # on the same connection
    engine.dispose()


@pytest.mark.parametrize("engine", [lambda: db.engine, _engine], ids=["session", "compiled_select"])
def test_sessions_of_every_reader_have_the_limits(server_url, context, engine):
    with engine().connect() as connection:
        assert limits_of(connection) == (USUAL.lock, USUAL.lock, USUAL.statement)


def test_patient_connections_have_the_long_limits(server_url, context):
    with patiently(db.engine), db.engine.connect() as connection:
        assert limits_of(connection) == (PATIENT.lock, PATIENT.lock, PATIENT.statement)
    with db.engine.connect() as connection:
        assert limits_of(connection) == (USUAL.lock, USUAL.lock, USUAL.statement)


def test_seeding_has_the_long_limits(server_url, app, monkeypatch):
    found = []
    monkeypatch.setattr(seed, "recount", lambda: found.append(limits_of(db.session)))
    result = app.test_cli_runner().invoke(args=["seed", "--users=2", "--posts=1"])
    assert result.exit_code == 0, result.output
    assert found == [(PATIENT.lock, PATIENT.lock, PATIENT.statement)]


def limits_of(connection):
    """Return the limits of a session as the server knows them."""
    found = dict(connection.execute(text("SHOW SESSION VARIABLES")).all())
    statement = found.get("max_statement_time") or int(found["max_execution_time"]) / 1000
    return int(found["innodb_lock_wait_timeout"]), int(found["lock_wait_timeout"]), float(statement)


@pytest.mark.parametrize("engine", [lambda: db.engine, _engine], ids=["session", "compiled_select"])
def test_pool_serves_sixteen_threads_and_refuses_one_more_quickly(context, engine):
    with contextlib.ExitStack() as stack:
        for _thread in range(16):
            stack.enter_context(engine().connect())
        with pytest.raises(PoolTimeoutError, match=f"timeout {POOL_TIMEOUT}"):
            engine().connect()


def test_limits_add_up_to_ten_seconds():
    """The longest wait of a request: for the pool, for a connection that has died, and for another one."""
    assert POOL_TIMEOUT + USUAL.answer + 2 * PROBE_TIMEOUT <= 10
    assert POOL_TIMEOUT + USUAL.connect + USUAL.answer <= 10
    assert max(USUAL.lock, USUAL.statement) < USUAL.answer
