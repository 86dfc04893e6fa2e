"""Parse DATABASE_URL once, for all that connect: SQLAlchemy, the job queue and the commands.

No error quotes more of it than the name of an option: an unescaped password can be in any other part.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote

from sqlalchemy.engine import URL, make_url

from app.settings import ConfigError, addresses, database_tls
from app.settings.addresses import PART, unsupported

# MariaDB and MySQL share one driver and one dialect.
SERVERS = {"mysql", "mariadb"}
DRIVER = "mysql+pymysql"

SERVER_URL = re.compile(
    rf"//(?P<user>{PART}*)(:{PART}*)?@(?P<host>{PART}*|\[[\da-fA-F:.]+\])(:(?P<port>{PART}*))?"
    rf"(/(?P<name>{PART}*))?(\?(?P<options>[^@#\s]*))?"
)
SQLITE_URL = re.compile(r"///(?P<path>/[^?]*)(\?(?P<options>.*))?")

SOCKET = "unix_socket"
# The connection uses utf8mb4 and reconnects in any case; some hosts add these options to the URL that they give.
IGNORED = {
    "charset": {"utf8", "utf8mb4"},
    "characterencoding": {"utf8", "utf8mb4"},
    "useunicode": {"true", "1"},
    "reconnect": {"true", "1"},
}


@dataclass(frozen=True)
class Database:
    """Where the database is, and how to connect to it."""

    url: str  # of SQLAlchemy, without options
    connect_args: dict[str, Any]  # further arguments of the driver


def parse(text: str) -> Database:
    """Return the database that DATABASE_URL names. Raises ConfigError if it can't work."""
    scheme, _, rest = text.partition(":")
    backend = scheme.lower().partition("+")[0]
    if not rest.startswith("//"):
        raise ConfigError("DATABASE_URL is not a database URL; give one such as mysql://user:password@host/name")
    if "\0" in unquote(rest):  # where a name ends, for C libraries, and Python refuses it in a path
        raise ConfigError("DATABASE_URL contains a NUL character (%00); leave it out")
    if backend == "sqlite":
        return _sqlite(rest)
    if backend in SERVERS:
        return _server(rest)
    raise ConfigError("DATABASE_URL is for a database that is not supported; use sqlite, mysql or mariadb")


def sqlite_file(path: Path) -> Database:
    """Return the database in an SQLite file."""
    return Database(URL.create("sqlite", database=str(path)).render_as_string(), {})


def sqlite_path(url: str | URL) -> Path | None:
    """Return the file of an SQLite database, or None for a database server."""
    url = make_url(url)
    return Path(url.database) if url.get_backend_name() == "sqlite" and url.database else None


def _sqlite(rest: str) -> Database:
    parts = SQLITE_URL.fullmatch(rest)
    if not parts:
        raise ConfigError(
            "DATABASE_URL names no absolute path; write four slashes, as in sqlite:////data/app.db, or unset it to use "
            "app.db in DATA_DIR"
        )
    for name, _value in _options(parts["options"]):
        raise unsupported("DATABASE_URL", name, "SQLite takes none")
    path = Path(make_url(f"sqlite:///{parts['path']}").database or "/")
    if path.is_dir():
        raise ConfigError(f"DATABASE_URL names a directory, {path}; give a file, as in sqlite:////data/app.db")
    return sqlite_file(path)


def _server(rest: str) -> Database:
    parts = SERVER_URL.fullmatch(rest)
    if not parts:
        raise ConfigError(f"DATABASE_URL is not of the form mysql://user:password@host:port/name; {addresses.ENCODE}")
    if not addresses.is_port(parts["port"]):
        raise ConfigError("DATABASE_URL has a port that is not a number from 1 to 65535; the default is 3306")
    if parts["host"] and not addresses.is_host(parts["host"]):
        raise ConfigError("DATABASE_URL has a host that is not a name in ASCII or an IP address; give its name")
    options = _named_options(parts["options"])
    for what, found in (
        ("user", parts["user"]),
        ("host", parts["host"] or SOCKET in options),
        ("database", parts["name"]),
    ):
        if not found:
            raise ConfigError(f"DATABASE_URL names no {what}; give one such as mysql://user:password@host/name")
    url = make_url(f"{DRIVER}:{rest.partition('?')[0]}")
    # The server's default character set may be latin1.
    arguments = {"charset": "utf8mb4"} | database_tls.arguments(options)
    if url.password and not str(url.password).isascii():
        arguments["password"] = str(url.password).encode()  # PyMySQL encodes it as latin1
    if SOCKET in options:
        arguments[SOCKET] = options[SOCKET]
    return Database(url.render_as_string(hide_password=False), arguments)


def _named_options(text: str | None) -> dict[str, str]:
    """Return the options of a server by their names in this application. Raises ConfigError for any other."""
    known = database_tls.SPELLINGS | {"unixsocket": SOCKET, "socket": SOCKET}
    options = dict[str, str]()
    for spelling, value in _options(text):
        simple = re.sub("[-_]", "", spelling.lower())
        if simple in IGNORED:
            if value.lower().replace("-", "") not in IGNORED[simple]:
                raise ConfigError(f"DATABASE_URL sets {spelling} to a value that is not supported; leave it out")
            continue
        if simple not in known:
            raise unsupported("DATABASE_URL", spelling, f"use {', '.join(dict.fromkeys(known.values()))}")
        name = known[simple]
        if name in options:
            raise ConfigError(f"DATABASE_URL sets {name} twice; set it once")
        if name == SOCKET and not value.startswith("/"):
            raise ConfigError(f"DATABASE_URL sets {SOCKET} to no absolute path; give the path of the server's socket")
        options[name] = value
    return options


def _options(text: str | None) -> list[tuple[str, str]]:
    """Return the options as pairs of name and value."""
    pairs = parse_qsl(text or "", keep_blank_values=True)
    if not all(value for _name, value in pairs):
        raise ConfigError("DATABASE_URL has an option without a value; write name=value, or leave it out")
    return pairs
