"""The application under test, on a real database that is emptied after each test. tests/fixtures/ holds the rest.

The database is that of `DATABASE_URL` or `DATABASE_URL_FILE` (`make test DB=mariadb` sets it), or else an SQLite file
that is removed after the run. With `-n`, each process has a database of its own, whose name ends with that of the
process. The run's first lines name the database, and say whether this is a container.
"""

import contextvars
import os
import time
from pathlib import Path

import flask_migrate
import pytest
from flask.testing import FlaskClient
from sqlalchemy import create_engine, make_url

from app import create_app, outages
from app.database import db
from app.i18n import catalogues, locales
from app.ops import cli
from app.settings import database_url
from app.web import fragment_cache, rate_limits
from config import Config

pytest_plugins = [
    "tests.fixtures.boot",
    "tests.fixtures.databases",
    "tests.fixtures.forms",
    "tests.fixtures.mariadb",
    "tests.fixtures.outages",
    "tests.fixtures.posts",
    "tests.fixtures.servers",
    "tests.fixtures.texts",
    "tests.fixtures.users",
]


def take_database_url() -> str | None:
    """Return the run's database, and remove it from the environment: processes that tests start take `environ`."""
    path = os.environ.pop("DATABASE_URL_FILE", None)
    os.environ.pop("SECRET_KEY_FILE", None)
    url = os.environ.pop("DATABASE_URL", None)
    return Path(path).read_text(encoding="utf-8").strip() if path else url


DATABASE_URL = take_database_url()


@pytest.hookimpl(optionalhook=True, wrapper=True)
def pytest_xdist_auto_num_workers():
    """Start two processes for each core with `-n auto`: tests often wait, such as for servers that they start."""
    return 2 * (yield)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node):
    """Give a process of `-n` the database that was taken from its environment, too."""
    node.workerinput["database_url"] = DATABASE_URL


def given_url(config):
    """Return the run's database, also in a process of `-n`; None for an SQLite file."""
    return getattr(config, "workerinput", {}).get("database_url", DATABASE_URL)


def pytest_collection_modifyitems(config, items):
    """On a database server, leave out the tests that do not use it: they are those of `make test` on SQLite."""
    if given_url(config):
        config.hook.pytest_deselected(items=[item for item in items if "environ" not in item.fixturenames])
        items[:] = [item for item in items if "environ" in item.fixturenames]


def pytest_report_header():
    # tests/Dockerfile creates the file.
    inside = Path(__file__).with_name(".inside-image").exists()
    return [
        f"where: {'in a container' if inside else 'not in a container'}",
        f"database: {make_url(DATABASE_URL)!r}" if DATABASE_URL else "database: an SQLite file",
    ]


class Browser(FlaskClient):
    """A browser without JavaScript, whose requests do not share the application context of the test.

    Flask's own test client would let them share its `g`, and so the user who is signed in.
    """

    def open(self, *args, **kwargs):
        return contextvars.Context().run(super().open, *args, **kwargs)


def create_database(url, suffix):
    """Create the database whose name ends with `suffix`, unless it exists, and return its URL."""
    named = make_url(url)
    name = f"{named.database}_{suffix}"
    given = database_url.parse(url)
    engine = create_engine(given.url, connect_args=given.connect_args)
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE IF NOT EXISTS `{name}`")
    engine.dispose()
    return named.set(database=name).render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def environ(tmp_path_factory, pytestconfig):
    """The environment variables of the application under test."""
    environ = {"DATA_DIR": str(tmp_path_factory.mktemp("data")), "SECRET_KEY": "only-for-these-tests"}
    url, worker = given_url(pytestconfig), os.environ.get("PYTEST_XDIST_WORKER")
    if url:
        environ["DATABASE_URL"] = create_database(url, worker) if worker else url
    return environ


@pytest.fixture(scope="session")
def application(environ):
    """The application with its schema and catalogues, made once per run, as boot.sh makes them."""
    catalogues.compile_all(locales.CATALOGUES, environ["DATA_DIR"])
    app = create_app(Config(environ))
    app.testing = True
    app.test_client_class = Browser
    app.config["PASSWORD_METHOD"] = "scrypt:512:8:1"  # the same function with less work: a run creates many users
    cli.init_app(app)
    with app.app_context():
        flask_migrate.upgrade()
        for table in db.metadata.sorted_tables:
            if db.session.execute(table.select().limit(1)).first():
                pytest.exit(f"{db.engine.url!r} holds rows in {table.name!r}, which the tests would delete")
        db.session.remove()
    return app


@pytest.fixture
def app(application):
    """The application; its tables, caches and rate limits are emptied after the test."""
    yield application
    fragment_cache.clear()
    rate_limits.reset()
    outages.reset()
    with application.app_context():
        for table in reversed(db.metadata.sorted_tables):
            db.session.execute(table.delete())
        db.session.commit()


@pytest.fixture
def context(app):
    """An application context, for tests that call services and queries."""
    with app.app_context():
        yield app


@pytest.fixture
def client(app):
    """A browser, with CSRF protection on."""
    return app.test_client()


@pytest.fixture
def eventually():
    """`eventually(condition)`: wait until `condition()` is true."""

    def eventually(condition, seconds=10):
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, f"not within {seconds} s"
            time.sleep(0.02)

    return eventually
