"""What the tests of the application share: an application on a real database, emptied after each test.

The database is `DATABASE_URL` (the companion's, by `make test DB=mariadb`) or an SQLite file that goes with the run.
"""

import os

import flask_migrate
import pytest

from app import catalogues, cli, create_app, i18n
from app.database import db
from config import Config


@pytest.fixture(scope="session")
def environ(tmp_path_factory):
    """The settings of the application under test, as its environment."""
    given = {"DATABASE_URL": url} if (url := os.environ.get("DATABASE_URL")) else {}
    return given | {"DATA_DIR": str(tmp_path_factory.mktemp("data")), "SECRET_KEY": "only-for-these-tests"}


@pytest.fixture(scope="session")
def application(environ):
    """The application, its schema and its catalogues, made once as boot.sh makes them."""
    catalogues.compile_all(i18n.CATALOGUES, environ["DATA_DIR"])
    app = create_app(Config(environ))
    app.testing = True
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
    """The application, its tables empty again when the test is over."""
    yield application
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
    """A browser without JavaScript, with the CSRF protection that people meet."""
    return app.test_client()
