"""What the tests of the application share: an application on a real database, emptied after each test.

The database is that of `DATABASE_URL` or `DATABASE_URL_FILE` (the companion's, by `make test DB=mariadb`), or an SQLite
file that goes with the run. The run's first lines say which, and where it runs.
"""

import contextvars
import os
import re
import socket
from email import message_from_bytes, policy
from pathlib import Path

import flask_migrate
import pytest
from flask.testing import FlaskClient
from sqlalchemy.engine import make_url

from app import create_app
from app.auth.services import register
from app.database import db
from app.i18n import catalogues, locales
from app.ops import cli
from app.users.services import promote
from app.web import fragment_cache
from app.web.rate_limits import counter
from config import Config

PASSWORD = "correct horse"  # of everybody whom make_user makes


def take_database_url() -> str | None:
    """What the run was given, and no longer in the environment: what tests start gets all from `environ`."""
    path = os.environ.pop("DATABASE_URL_FILE", None)
    os.environ.pop("SECRET_KEY_FILE", None)
    url = os.environ.pop("DATABASE_URL", None)
    return Path(path).read_text(encoding="utf-8").strip() if path else url


DATABASE_URL = take_database_url()


def pytest_report_header():
    # The file is in the image of the tests alone (tests/Dockerfile).
    inside = Path(__file__).with_name(".inside-image").exists()
    return [
        f"where: {'in a container' if inside else 'not in a container'}",
        f"database: {make_url(DATABASE_URL)!r}" if DATABASE_URL else "database: an SQLite file",
    ]


class Browser(FlaskClient):
    """A browser without JavaScript. Its requests see nothing of the test's own context, as at a real server.

    (Flask would let them share the `g`, and so the person logged in, of a context that the test has open.)
    """

    def open(self, *args, **kwargs):
        return contextvars.Context().run(super().open, *args, **kwargs)


@pytest.fixture(scope="session")
def environ(tmp_path_factory):
    """The settings of the application under test, as its environment."""
    given = {"DATABASE_URL": DATABASE_URL} if DATABASE_URL else {}
    return given | {"DATA_DIR": str(tmp_path_factory.mktemp("data")), "SECRET_KEY": "only-for-these-tests"}


@pytest.fixture(scope="session")
def application(environ):
    """The application, its schema and its catalogues, made once as boot.sh makes them."""
    catalogues.compile_all(locales.CATALOGUES, environ["DATA_DIR"])
    app = create_app(Config(environ))
    app.testing = True
    app.test_client_class = Browser
    app.config["PASSWORD_METHOD"] = "scrypt:512:8:1"  # the same function with less work: a run makes many accounts
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
    """The application, its tables empty and no piece of a page kept when the test is over."""
    yield application
    fragment_cache.clear()
    counter.reset()
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
    """A browser, with the CSRF protection that people meet."""
    return app.test_client()


@pytest.fixture
def make_user(context):
    """`make_user("susan")`: a person with an account, committed."""

    def make(username, password=PASSWORD):
        user = register(username, f"{username}@example.com", password)
        db.session.commit()
        return user

    return make


@pytest.fixture
def make_administrator(make_user):
    """`make_administrator("john")`: the same, of somebody who may delete anybody's posts."""

    def make(username):
        user = make_user(username)
        promote(user)
        db.session.commit()
        return user

    return make


@pytest.fixture
def fill_in(client):
    """`fill_in("/auth/login", username="susan", …)`: open the page, fill in its form, send it; the answer.

    `to` is the form's action where it isn't the page itself, `client` another browser.
    """

    def fill_in(page, to=None, client=client, **fields):
        token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', client.get(page, follow_redirects=True).text)[1]
        return client.post(to or page, data={"csrf_token": token, **fields})

    return fill_in


@pytest.fixture
def log_in(client, fill_in):
    """`log_in("susan")`: log in as somebody whom make_user made."""

    def log_in(username, client=client, **fields):
        response = fill_in("/auth/login", client=client, username=username, password=PASSWORD, **fields)
        assert response.status_code == 302, response.text
        return response

    return log_in


@pytest.fixture
def new_port():
    """`new_port()`: a port of this machine where nobody listens."""

    def new_port():
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return probe.getsockname()[1]

    return new_port


class Sink:
    """Keeps the mails that come in, and who handed them in."""

    def __init__(self):
        self.messages, self.logins = [], []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        message = message_from_bytes(envelope.content, policy=policy.default)
        self.messages.append((envelope.mail_from, envelope.rcpt_tos, message))
        return "250 OK"

    def authenticate(self, server, session, envelope, mechanism, data):
        self.logins.append((data.login, data.password))
        from aiosmtpd.smtp import AuthResult

        return AuthResult(success=True)


@pytest.fixture
def mail_server(app, new_port, monkeypatch):
    """`mail_server(config, **options)`: a mail server (aiosmtpd's Controller of those options) that gets what is sent.

    `config` is what the application is told of it beside its address. It returns the Sink.
    """
    servers = []

    from aiosmtpd.controller import Controller

    def serve(config=None, **options):
        sink = Sink()
        server = Controller(sink, hostname="localhost", port=new_port(), authenticator=sink.authenticate, **options)
        server.start()
        servers.append(server)
        for name, value in {"MAIL_SERVER": "localhost", "MAIL_PORT": server.port, **(config or {})}.items():
            monkeypatch.setitem(app.config, name, value)
        return sink

    yield serve
    for server in servers:
        server.stop(no_assert=True)
