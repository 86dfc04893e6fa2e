"""All settings, read once from the environment (https://12factor.net/config).

`.env.example` lists them for people; this module is what the code believes.
"""

import os
import re
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

ROOT = Path(__file__).resolve().parent

# Secrets that stand in tutorials: whoever reads them can sign anyone's session.
PLACEHOLDERS = {
    "change-me", "changeme", "change_me", "dev", "secret", "secret-key", "my-secret-key",
    "you-will-never-guess", "a-really-long-and-unique-key-that-nobody-knows", "replace-me",
}  # fmt: skip

# One driver and one dialect serve both servers.
SERVERS = {"mysql", "mariadb"}
DRIVER = "mysql+pymysql"


class ConfigError(Exception):
    """A setting is wrong; the message is one line that says which and what to do."""


class Config:
    """The settings as Flask's upper-case keys: `app.config.from_object(Config(os.environ))`.

    Raises ConfigError where a value can't be used.
    """

    # Bytes. The longest text that is kept, a message of 3,500 code points, is 42 kB in a form or in JSON. What is
    # longer is still read, so that its form can be shown again.
    MAX_CONTENT_LENGTH = 1024 * 1024
    MAX_FORM_MEMORY_SIZE = 100 * 1024
    POSTS_PER_PAGE = 25
    SESSION_COOKIE_SAMESITE = "Lax"
    SESSION_COOKIE_HTTPONLY = True
    REMEMBER_COOKIE_SAMESITE = "Lax"
    REMEMBER_COOKIE_HTTPONLY = True
    # A form left open over lunch must still be accepted; the token dies with the session anyway.
    WTF_CSRF_TIME_LIMIT = None
    # How werkzeug hashes passwords: OWASP's second choice of scrypt parameters, 32 MiB and about 0.1 s for each try.
    PASSWORD_METHOD = "scrypt:32768:8:1"  # noqa: S105
    BOOTSTRAP_SERVE_LOCAL = True
    SQLALCHEMY_TRACK_MODIFICATIONS = False
    MAIL_TIMEOUT = 20  # seconds
    SEND_FILE_MAX_AGE_DEFAULT = 3600  # seconds

    def __init__(self, environ=os.environ):
        self._environ = environ
        self.DEV = self._environment() == "DEV"
        self.LOG_FORMAT = environ.get("LOG_FORMAT") or "text"  # app/logs.py reads it too: it writes before this is read
        if self.LOG_FORMAT not in {"text", "json"}:
            raise ConfigError(f"LOG_FORMAT={self.LOG_FORMAT!r} is not known; use text (the default) or json")
        self.DATA_DIR = Path(environ.get("DATA_DIR") or ROOT / "instance").resolve()
        self.SQLALCHEMY_DATABASE_URI = self._database_url()
        self.SQLALCHEMY_ENGINE_OPTIONS = _engine_options(self.SQLALCHEMY_DATABASE_URI)
        self.DB_WAIT_SECONDS = self._integer("DB_WAIT_SECONDS", 60)
        self.SECRET_KEY = self._secret_key()
        # Nothing here uses it: gunicorn reads it itself, and would end with a traceback.
        if self._integer("WEB_CONCURRENCY", 2) < 1:
            raise ConfigError("WEB_CONCURRENCY=0 leaves no worker to answer; give one such as 2")
        self.JOB_WORKERS = self._integer("JOB_WORKERS", 1)
        # Links in mails bear it; what a request says of its host is anybody's word.
        self.SITE_URL = (environ.get("SITE_URL") or "http://localhost:5000").rstrip("/")
        if not re.match(r"https?://[^/]+", self.SITE_URL):
            raise ConfigError(f"SITE_URL={self.SITE_URL!r} is no address; give one such as https://blog.example")
        self.TRUSTED_PROXIES = self._integer("TRUSTED_PROXIES", 0)
        self._redis()
        self._mail()
        self._translation()
        # Cookies ignore ports (RFC 6265, section 8.5): instances on one host need a name each.
        self.SESSION_COOKIE_NAME = environ.get("SESSION_COOKIE_NAME") or "microblog"
        self.REMEMBER_COOKIE_NAME = f"{self.SESSION_COOKIE_NAME}_remember"
        self.SESSION_COOKIE_SECURE = self.SITE_URL.startswith("https://")
        self.REMEMBER_COOKIE_SECURE = self.SESSION_COOKIE_SECURE

    def _redis(self):
        """Where limits are counted and jobs queued, if not in the worker and the database."""
        self.REDIS_URL = self._value("REDIS_URL")
        if self.REDIS_URL and not _is_redis(self.REDIS_URL):
            raise ConfigError("REDIS_URL is no address of a Redis; give one such as redis://redis:6379/0")

    def _mail(self):
        """How mail is sent, under the names that Flask's mail extensions share; without MAIL_SERVER it is logged."""
        self.MAIL_SERVER = self._environ.get("MAIL_SERVER") or ""
        self.MAIL_USE_TLS, self.MAIL_USE_SSL = self._switch("MAIL_USE_TLS"), self._switch("MAIL_USE_SSL")
        if self.MAIL_USE_TLS and self.MAIL_USE_SSL:
            raise ConfigError("MAIL_USE_TLS (STARTTLS) and MAIL_USE_SSL (TLS from the start) are both set; keep one")
        self.MAIL_PORT = self._integer("MAIL_PORT", 465 if self.MAIL_USE_SSL else 587 if self.MAIL_USE_TLS else 25)
        self.MAIL_USERNAME = self._environ.get("MAIL_USERNAME") or None
        self.MAIL_PASSWORD = self._value("MAIL_PASSWORD") or None
        self.ADMINS = (self._environ.get("ADMINS") or "").replace(",", " ").split()
        host = urlsplit(self.SITE_URL).hostname
        self.MAIL_DEFAULT_SENDER = self._environ.get("MAIL_DEFAULT_SENDER") or f"Microblog <noreply@{host}>"

    def _translation(self):
        """A service that speaks LibreTranslate's protocol; without it nothing is translated."""
        self.TRANSLATE_URL = (self._environ.get("TRANSLATE_URL") or "").rstrip("/")
        if self.TRANSLATE_URL and not _is_plain_address(self.TRANSLATE_URL):
            raise ConfigError("TRANSLATE_URL is no plain address; give one such as http://libretranslate:5000")
        self.TRANSLATE_KEY = self._value("TRANSLATE_KEY")

    def _switch(self, name):
        text = (self._environ.get(name) or "").lower()
        if text in {"1", "true", "yes", "on"}:
            return True
        if text in {"", "0", "false", "no", "off"}:
            return False
        raise ConfigError(f"{name}={text!r} is neither yes nor no; give 1 or 0")

    def _value(self, name):
        """The setting `name`, or the content of the file that `name`_FILE names (Docker's and Kubernetes' secrets)."""
        path = self._environ.get(f"{name}_FILE")
        if not path:
            return self._environ.get(name) or ""
        if self._environ.get(name):
            raise ConfigError(f"{name} and {name}_FILE are both set; keep one")
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"{name}_FILE={path} can't be read: {error}") from error

    def _environment(self):
        name = self._environ.get("APP_ENVIRONMENT") or "PROD"
        if name not in {"PROD", "DEV"}:
            raise ConfigError(f"APP_ENVIRONMENT={name!r} is not known; use PROD (the default) or DEV")
        return name

    def _integer(self, name, default):
        text = self._environ.get(name) or str(default)
        if not text.isascii() or not text.isdigit():
            raise ConfigError(f"{name}={text!r} is not a whole number; give one such as {default}")
        return int(text)

    def _database_url(self):
        text = self._value("DATABASE_URL") or f"sqlite:///{self.DATA_DIR / 'app.db'}"
        try:
            url = make_url(text)
        except ArgumentError as error:
            raise ConfigError(
                "DATABASE_URL is no database address; give one such as mysql://user:password@host/name"
            ) from error
        backend = url.get_backend_name()
        if backend in SERVERS:
            url = url.set(drivername=DRIVER).update_query_dict({"charset": "utf8mb4"})  # the default may be latin1
        elif backend != "sqlite":
            raise ConfigError(f"DATABASE_URL names the database {backend!r}; use sqlite, mysql or mariadb")
        return url.render_as_string(hide_password=False)

    def _secret_key(self):
        """The key given, or None: then one is made beside the SQLite database when it is first needed."""
        key = self._value("SECRET_KEY")
        if key.strip().lower() in PLACEHOLDERS:
            raise ConfigError(
                "SECRET_KEY is a known placeholder; make a real one: "
                "python3 -c 'import secrets; print(secrets.token_hex(32))'"
            )
        return key or None


def _is_redis(url: str) -> bool:
    """Whether it is an address as redis-py reads it, of a host and perhaps a port and a database's number."""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  read, to see whether it is one
    except ValueError:
        return False
    return parts.scheme in {"redis", "rediss"} and bool(parts.hostname) and bool(re.fullmatch(r"(/\d*)?", parts.path))


def _is_plain_address(url: str) -> bool:
    """Whether it is an address of HTTP with nothing but host, port and path, each as it must be."""
    try:
        port = urlsplit(url).port
    except ValueError:
        return False
    return (
        port != 0 and re.fullmatch(r"https?://([\w.-]+|\[[\da-f:.]+\])(:\d+)?(/[^\s?#]*)?", url, re.ASCII) is not None
    )


def _engine_options(url: str) -> dict:
    """What SQLAlchemy's engine is made with: no connection that a server has closed is handed out.

    Errors don't quote the values of a statement, which may be somebody's message: they go to the log.
    """
    if make_url(url).get_backend_name() == "sqlite":
        return {"hide_parameters": True}
    return {
        "hide_parameters": True,
        "pool_pre_ping": True,
        # A session has rolled back before its connection comes to the pool, whose own would be one more trip to the
        # server.
        "pool_reset_on_return": None,
        "pool_recycle": 1800,  # seconds; a firewall or the server's wait_timeout drops idle connections
        "connect_args": {"connect_timeout": 5},  # seconds
        # Each statement sees what is committed. By their default, all statements of a transaction see what its first
        # one saw, and MariaDB from 11.6 on refuses (1020) to change a row that somebody has changed since.
        "isolation_level": "READ COMMITTED",
    }


def sqlite_path(url: str | URL) -> Path | None:
    """The file of an SQLite database, or None for a server's or one in memory."""
    url = make_url(url)
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return None
    return Path(url.database)
