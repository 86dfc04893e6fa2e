"""An application on a database without its tables, as `flask run` starts it on an empty one."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from app import create_app
from app.database import db
from app.ops import cli
from config import Config

UPGRADE = "run: flask db upgrade"


@pytest.fixture(params=["sqlite", "mariadb"])
def empty(request, app, environ, tmp_path):
    """An application on an empty database of its own."""
    given = environ | {"DATA_DIR": str(tmp_path)}
    given.pop("DATABASE_URL", None)
    if request.param == "mariadb":
        server = request.getfixturevalue("mariadb")
        server.execute("CREATE OR REPLACE DATABASE db")
        given["DATABASE_URL"] = f"mysql://u:p%C3%A4sswort%40%2F%3A@127.0.0.1:{server.port}/db"
    other = create_app(Config(given))
    other.test_client_class = app.test_client_class
    cli.init_app(other)
    yield other
    with other.app_context():
        db.engine.dispose()


@pytest.fixture
def browser(empty):
    """A browser with the cookie of an account that was there."""
    browser = empty.test_client()
    with browser.session_transaction() as session:
        session["_user_id"] = "1"
    return browser


@pytest.mark.parametrize("path", ["/user/susan", "/nope", "/api/users/1"])
def test_missing_table_is_a_503_that_names_the_command(browser, path, caplog):
    answer = browser.get(path)
    assert answer.status_code == 503
    assert UPGRADE in answer.text
    assert "is not responding" not in answer.text
    assert UPGRADE in caplog.text
    assert "Traceback" not in caplog.text


def test_missing_column_is_a_503_that_names_the_command(empty, browser):
    with empty.app_context(), db.engine.begin() as connection:
        connection.execute(text("CREATE TABLE user (id INTEGER PRIMARY KEY)"))
    answer = browser.get("/user/susan")
    assert (answer.status_code, UPGRADE in answer.text) == (503, True)


def test_command_names_the_upgrade_where_a_table_is_missing(empty):
    result = empty.test_cli_runner().invoke(args=["user", "promote", "susan"])
    assert (result.exit_code, result.output.count("\n")) == (69, 1)
    assert result.output.rstrip().endswith(UPGRADE)


def test_wrong_statement_is_a_fault_of_the_code(app, client):
    def fail():
        raise ProgrammingError("SELECT", {}, Exception(1064, "You have an error in your SQL syntax"))

    app.testing = False
    app.before_request_funcs.setdefault(None, []).append(fail)
    try:
        assert client.get("/nope").status_code == 500
    finally:
        app.before_request_funcs[None].remove(fail)
        app.testing = True
