"""DATABASE_URL: what is understood, and what is refused without showing the password."""

import socketserver
import ssl
import struct
import threading

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from app import create_bare_app
from app.database import db
from app.jobs.storage import database_of
from app.ops.upgrade import wait_until_ready
from app.settings import ConfigError
from app.settings.database_url import parse
from config import Config
from tests.fixtures.certificates import make_certificate

SERVER = "mysql://u:SECRET@h/db"
ESCAPED = "u:p%C3%A4sswort%40%2F%3A"


@pytest.fixture
def certificate(tmp_path):
    """The files of a certificate and of its key."""
    return make_certificate(tmp_path)


def engine_of(url):
    """Return an engine that connects as the application does."""
    database = parse(url)
    return create_engine(database.url, connect_args=database.connect_args, poolclass=NullPool)


def tls_of(options):
    """Return how TLS is used with these options."""
    arguments = parse(f"{SERVER}?{options}").connect_args
    if arguments.get("ssl_disabled"):
        return "off"
    if (context := arguments.get("ssl")) is None:
        return "if offered"
    if context.verify_mode == ssl.CERT_NONE:
        return "required"
    return "host verified" if context.check_hostname else "authority verified"


@pytest.mark.parametrize(
    ("options", "tls"),
    [
        ("", "if offered"),
        ("ssl-mode=REQUIRED", "required"),
        ("ssl_mode=required", "required"),
        ("sslmode=require", "required"),
        ("sslMode=trust", "required"),
        ("useSSL=true", "required"),
        ("requireSSL=true", "required"),
        ("ssl=true", "required"),
        ("ssl=1", "required"),
        ("ssl_verify_cert=true", "authority verified"),
        ("useSSL=true&verifyServerCertificate=true", "authority verified"),
        ("sslmode=verify-ca", "authority verified"),
        ("ssl-mode=VERIFY_CA", "authority verified"),
        ("sslmode=verify-full", "host verified"),
        ("ssl-mode=VERIFY_IDENTITY", "host verified"),
        ("ssl_verify_identity=true", "host verified"),
        ("ssl_mode=required&ssl_check_hostname=1", "host verified"),
        ("ssl_mode=preferred", "if offered"),
        ("ssl_mode=disabled", "off"),
        ("useSSL=false", "off"),
        ("charset=utf8mb4&useUnicode=true&characterEncoding=UTF-8&reconnect=true", "if offered"),
    ],
)
def test_common_spellings_of_tls_are_understood(options, tls):
    assert tls_of(options) == tls


@pytest.mark.parametrize(
    ("options", "tls"),
    [
        ("ssl_ca={}", "host verified"),
        ("sslrootcert={}", "host verified"),
        ("ssl_ca={}&ssl_check_hostname=false", "authority verified"),
        ("ssl-ca={}&ssl-mode=REQUIRED", "authority verified"),
        ("ssl_ca={}&sslmode=verify-full", "host verified"),
        ("ssl_cert={}&ssl_key={key}", "required"),
    ],
)
def test_files_of_tls_are_loaded(certificate, options, tls):
    assert tls_of(options.format(certificate[0], key=certificate[1])) == tls


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("SECRET", "is not a database URL"),
        ("SECRET:SECRET@h/db", "is not a database URL"),
        ("mysql:SECRET", "is not a database URL"),
        ("postgresql://u:SECRET@h/db", "use sqlite, mysql or mariadb"),
        ("mysql://u:a@b:SECRET/x@h/db", "percent-encode"),
        ("mysql://u:p@ss/w#rdSECRET@h/db", "percent-encode"),
        ("mysql://u:p/SECRET@h/db", "percent-encode"),
        ("mysql://u:p#SECRET@h/db", "percent-encode"),
        ("mysql://u:p?SECRET=1@h/db", "percent-encode"),
        ("mysql://u:p:SECRET@h/db", "percent-encode"),
        ("mysql://u:a@h/db?SECRET=1@h/db", "percent-encode"),
        ("mysql://u:SECRET @h/db", "percent-encode"),
        ("mysql://u:SECRET@h h/db", "percent-encode"),
        ("mysql://u:SECRET@h:port/db", "a port that is not a number"),
        ("mysql://u:SECRET@h:0/db", "a port that is not a number"),
        ("mysql://u:SECRET@h:65536/db", "a port that is not a number"),
        ("mysql://u:SECRET@h:٣/db", "a port that is not a number"),
        ("mysql://u:SECRET@h:/db", "a port that is not a number"),
        ("mysql://u:SECRET@h/db%00", "a NUL character"),
        ("mysql://u:SECRET%00@h/db", "a NUL character"),
        ("mysql://u:SECRET@h/db?ssl_ca=/ca%00.pem", "a NUL character"),
        ("mysql://u:SECRET@h/db?unix_socket=/run/%00.sock", "a NUL character"),
        ("mysql://u:SECRET@h", "names no database"),
        ("mysql://u:SECRET@h/", "names no database"),
        ("mysql://u:SECRET@/db", "names no host"),
        ("mysql://:SECRET@h/db", "names no user"),
        (f"{SERVER}?pool_size=5", "an option pool_size that is not supported; use ssl_mode"),
        (f"{SERVER}?ssl_cipher=x", "an option ssl_cipher that is not supported"),
        (f"{SERVER}?password=SECRET", "an option password that is not supported"),
        (f"{SERVER}?a%0Ab=SECRET", "an option with an invalid name"),
        (f"{SERVER}?SECRET", "an option without a value"),
        (f"{SERVER}?charset=latin1", "sets charset to a value"),
        (f"{SERVER}?ssl_mode=SECRET", "sets ssl_mode to a value that is not known"),
        (f"{SERVER}?ssl_mode=&ssl=1", "an option without a value"),
        (f"{SERVER}?ssl_verify_cert=maybe", "sets ssl_verify_cert to a value that is not known; use true"),
        (f"{SERVER}?ssl=true&useSSL=true", "sets ssl_mode twice"),
        (f"{SERVER}?ssl=false&ssl_verify_cert=true", "turns TLS off"),
        (f"{SERVER}?ssl_ca=", "an option without a value"),
        (f"{SERVER}?ssl_ca=/missing", "ssl_ca='/missing': No such file or directory"),
        (f"{SERVER}?ssl_ca=/tmp", "ssl_ca='/tmp'"),
        (f"{SERVER}?ssl_ca=/dev/null", "ssl_ca='/dev/null': it is not valid"),
        (f"{SERVER}?ssl_cert=/a", "only one of ssl_cert and ssl_key"),
        (f"{SERVER}?ssl_cert=/missing&ssl_key=/missing", "ssl_cert='/missing'"),
        (f"{SERVER}?unix_socket=run/mysqld.sock", "unix_socket to no absolute path"),
        ("sqlite://", "no absolute path"),
        ("sqlite:///app.db", "four slashes"),
        ("sqlite:///:memory:", "no absolute path"),
        ("sqlite://app.db", "no absolute path"),
        ("sqlite:////tmp/app%00.db", "a NUL character"),
        ("sqlite:////", "names a directory"),
        ("sqlite:////tmp", "names a directory"),
        ("sqlite:////tmp/app.db?timeout=5", "an option timeout that is not supported; SQLite takes none"),
    ],
)
def test_unusable_url_is_refused_without_its_password(url, reason):
    with pytest.raises(ConfigError) as refused:
        parse(url)
    message = str(refused.value)
    assert reason in message
    assert message.startswith("DATABASE_URL ")
    assert "SECRET" not in message
    assert "\n" not in message


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("mysql://u:p@h/db", "mysql+pymysql://u:p@h/db"),
        ("mariadb://u:p@h:3307/db", "mysql+pymysql://u:p@h:3307/db"),
        ("MySQL+mysqldb://u@h/db", "mysql+pymysql://u@h/db"),
        ("mysql://u:p%40%2F%3A%23@[::1]:3307/db", "mysql+pymysql://u:p%40%2F%3A%23@[::1]:3307/db"),
        ("mysql://u:p@/db?unix_socket=/run/s", "mysql+pymysql://u:p@/db"),
        ("sqlite:////data/app.db", "sqlite:////data/app.db"),
        ("sqlite:////data/my%20app.db", "sqlite:////data/my app.db"),
    ],
)
def test_address_has_no_options(url, address):
    assert parse(url).url == address


@pytest.mark.parametrize("options", ["unix_socket={socket}", "ssl_ca={certificate}", "ssl_mode=required", ""])
def test_pages_and_job_queue_connect_alike(mariadb, environ, options):
    url = f"mysql://{ESCAPED}@localhost:{mariadb.port}/db?{options.format(**vars(mariadb))}"
    app = create_bare_app(Config(environ | {"DATABASE_URL": url.rstrip("?")}))
    queue = database_of(app)
    with app.app_context():
        engine = db.engine
    statement = "SELECT VARIABLE_VALUE FROM information_schema.SESSION_STATUS WHERE VARIABLE_NAME = 'Ssl_cipher'"
    try:
        with engine.connect() as connection:
            cipher = connection.scalar(text(statement))
        assert (cipher, queue.execute_sql(statement).fetchone()) == (cipher, (cipher,))
        assert cipher
    finally:
        queue.close()
        engine.dispose()


@pytest.mark.parametrize("options", ["ssl_verify_cert=true", "ssl_ca={other}"])
def test_unknown_certificate_is_rejected(mariadb, options, tmp_path):
    other, _key = make_certificate(tmp_path, "other")
    engine = engine_of(f"mysql://{ESCAPED}@localhost:{mariadb.port}/db?{options.format(other=other)}")
    with pytest.raises(OperationalError, match="certificate verify failed"):
        engine.connect()


def test_user_identified_by_ed25519_connects(mariadb):
    mariadb.execute("INSTALL SONAME 'auth_ed25519'")
    mariadb.execute("CREATE USER e IDENTIFIED VIA ed25519 USING PASSWORD('secret')")
    mariadb.execute("GRANT ALL ON db.* TO e")
    wait_until_ready(engine_of(f"mysql://e:secret@localhost:{mariadb.port}/db"), seconds=0)


@pytest.fixture
def parsec_server():
    """The port of a server that greets, and then asks for the authentication plugin parsec."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self):
            capabilities = struct.pack("<HBHHB10x", 0xF7FF, 45, 2, 0x0008, 21)  # without TLS, with plugins
            greeting = b"\x0a11.8.2-MariaDB\0" + bytes(4) + b"saltsalt\0" + capabilities + b"saltsaltsalt\0"
            self.send(0, greeting + b"mysql_native_password\0")
            length = int.from_bytes(self.rfile.read(4)[:3], "little")
            self.rfile.read(length)
            self.send(2, b"\xfeparsec\0" + b"s" * 32)

        def send(self, number, payload):
            self.wfile.write(len(payload).to_bytes(3, "little") + bytes([number]) + payload)

    with socketserver.TCPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
        yield server.server_address[1]
        server.shutdown()


def test_unknown_authentication_is_refused_by_name_at_once(parsec_server):
    with pytest.raises(ConfigError, match="identifies its user by parsec, which is not supported") as refused:
        wait_until_ready(engine_of(f"mysql://u:SECRET@127.0.0.1:{parsec_server}/db"), seconds=60)
    assert "SECRET" not in str(refused.value)


def test_authentication_that_the_driver_fails_at_is_refused(mariadb):
    mariadb.execute("INSTALL SONAME 'auth_pam_v1'")
    mariadb.execute("CREATE USER p IDENTIFIED VIA pam")
    with pytest.raises(ConfigError, match="the driver fails with IndexError; check how") as refused:
        wait_until_ready(engine_of(f"mysql://p:SECRET@localhost:{mariadb.port}/db"), seconds=60)
    assert "SECRET" not in str(refused.value)
