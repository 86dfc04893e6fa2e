"""All settings, read once from the environment (https://12factor.net/config).

`.env.example` documents them for operators.
"""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from app.settings import ConfigError, database_url
from app.settings.database_url import Database

ROOT = Path(__file__).resolve().parent

# Secret keys printed in tutorials: with a known key, anyone can sign a session.
PLACEHOLDERS = {
    "change-me", "changeme", "change_me", "dev", "secret", "secret-key", "my-secret-key",
    "you-will-never-guess", "a-really-long-and-unique-key-that-nobody-knows", "replace-me",
}  # fmt: skip


class Config:
    """The settings, as Flask's upper-case keys: `app.config.from_object(Config(os.environ))`.

    Raises ConfigError if a value is not valid.
    """

    # The longest text that is stored, a message of 3,500 code points, takes 42 kB in a form or in JSON. The limits are
    # higher, so that the form can show a longer text again, with its error.
    MAX_CONTENT_LENGTH = 1024 * 1024  # bytes
    MAX_FORM_MEMORY_SIZE = MAX_CONTENT_LENGTH  # of a multipart form
    POSTS_PER_PAGE = 25
    SESSION_COOKIE_SAMESITE = "Lax"
    SESSION_COOKIE_HTTPONLY = True
    REMEMBER_COOKIE_SAMESITE = "Lax"
    REMEMBER_COOKIE_HTTPONLY = True
    # A form can stay open for hours; the token is tied to the session and expires with it.
    WTF_CSRF_TIME_LIMIT = None
    WTF_CSRF_SSL_STRICT = False  # some proxies and browsers strip Referer; the token is proof enough
    # Werkzeug's password hash, with parameters from OWASP's Password Storage Cheat Sheet: 32 MiB and about 0.1 s a try.
    PASSWORD_METHOD = "scrypt:32768:8:1"  # noqa: S105
    BOOTSTRAP_SERVE_LOCAL = True
    SQLALCHEMY_TRACK_MODIFICATIONS = False
    MAIL_TIMEOUT = 20  # seconds
    SEND_FILE_MAX_AGE_DEFAULT = 3600  # seconds

    def __init__(self, environ: Mapping[str, str] = os.environ) -> None:
        self._environ = environ
        self.DEV = self._environment() == "DEV"
        self.LOG_FORMAT = environ.get("LOG_FORMAT") or "text"  # app/logs.py reads it too, before this
        if self.LOG_FORMAT not in {"text", "json"}:
            raise ConfigError(f"LOG_FORMAT={self.LOG_FORMAT!r} is not valid; use text (the default) or json")
        self.DATA_DIR = Path(environ.get("DATA_DIR") or ROOT / "instance").resolve()
        database = self._database()
        self.SQLALCHEMY_DATABASE_URI = database.url
        self.SQLALCHEMY_ENGINE_OPTIONS = _engine_options(database)  # the job queue takes its connect_args too
        self.DB_WAIT_SECONDS = self._integer("DB_WAIT_SECONDS", 60)
        self.SECRET_KEY = self._secret_key()
        # Only gunicorn uses it, but it ends with a traceback if the value is not valid.
        if self._integer("WEB_CONCURRENCY", 2) < 1:
            raise ConfigError("WEB_CONCURRENCY=0 starts no worker; give a number from 1, such as 2")
        self.JOB_WORKERS = self._integer("JOB_WORKERS", 1)
        # Mails link to it. They can't use the Host header: the client chooses that.
        self.SITE_URL = (environ.get("SITE_URL") or "http://localhost:5000").rstrip("/")
        if not re.match(r"https?://[^/]+", self.SITE_URL):
            raise ConfigError(f"SITE_URL={self.SITE_URL!r} is not a URL; give one such as https://blog.example")
        self.TRUSTED_PROXIES = self._integer("TRUSTED_PROXIES", 0)
        self._redis()
        self._mail()
        self._translation()
        # Cookies ignore ports (RFC 6265, section 8.5), so instances on one host need different names.
        self.SESSION_COOKIE_NAME = environ.get("SESSION_COOKIE_NAME") or "microblog"
        self.REMEMBER_COOKIE_NAME = f"{self.SESSION_COOKIE_NAME}_remember"
        self.SESSION_COOKIE_SECURE = self.SITE_URL.startswith("https://")
        self.REMEMBER_COOKIE_SECURE = self.SESSION_COOKIE_SECURE

    def _redis(self) -> None:
        """Set the Redis server of the rate limits and the job queue; without it, memory and the database hold them."""
        self.REDIS_URL = self._value("REDIS_URL")
        if self.REDIS_URL and not _is_redis(self.REDIS_URL):
            raise ConfigError("REDIS_URL is not the URL of a Redis server; give one such as redis://redis:6379/0")

    def _mail(self) -> None:
        """Set Flask-Mailman's settings; without MAIL_SERVER, mails are logged."""
        self.MAIL_SERVER = self._environ.get("MAIL_SERVER") or ""
        self.MAIL_USE_TLS, self.MAIL_USE_SSL = self._switch("MAIL_USE_TLS"), self._switch("MAIL_USE_SSL")
        if self.MAIL_USE_TLS and self.MAIL_USE_SSL:
            raise ConfigError("MAIL_USE_TLS (STARTTLS) and MAIL_USE_SSL (TLS from the start) are both set; unset one")
        self.MAIL_PORT = self._integer("MAIL_PORT", 465 if self.MAIL_USE_SSL else 587 if self.MAIL_USE_TLS else 25)
        self.MAIL_USERNAME = self._environ.get("MAIL_USERNAME") or None
        self.MAIL_PASSWORD = self._value("MAIL_PASSWORD") or None
        self.ADMINS = (self._environ.get("ADMINS") or "").replace(",", " ").split()
        host = urlsplit(self.SITE_URL).hostname
        self.MAIL_DEFAULT_SENDER = self._environ.get("MAIL_DEFAULT_SENDER") or f"Microblog <noreply@{host}>"

    def _translation(self) -> None:
        """Set the translation service, with LibreTranslate's API; without it, translation is not offered."""
        self.TRANSLATE_URL = (self._environ.get("TRANSLATE_URL") or "").rstrip("/")
        if self.TRANSLATE_URL and not _is_plain_address(self.TRANSLATE_URL):
            raise ConfigError("TRANSLATE_URL is not a plain URL; give one such as http://libretranslate:5000")
        self.TRANSLATE_KEY = self._value("TRANSLATE_KEY")

    def _switch(self, name: str) -> bool:
        text = (self._environ.get(name) or "").lower()
        if text in {"1", "true", "yes", "on"}:
            return True
        if text in {"", "0", "false", "no", "off"}:
            return False
        raise ConfigError(f"{name}={text!r} is not valid; use 1 or 0")

    def _value(self, name: str) -> str:
        """Return the setting `name`, or the content of the file at `name`_FILE (a secret of Docker or Kubernetes)."""
        path = self._environ.get(f"{name}_FILE")
        if not path:
            return self._environ.get(name) or ""
        if self._environ.get(name):
            raise ConfigError(f"{name} and {name}_FILE are both set; unset one")
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"can't read {name}_FILE={path}: {error}") from error

    def _environment(self) -> str:
        name = self._environ.get("APP_ENVIRONMENT") or "PROD"
        if name not in {"PROD", "DEV"}:
            raise ConfigError(f"APP_ENVIRONMENT={name!r} is not valid; use PROD (the default) or DEV")
        return name

    def _integer(self, name: str, default: int) -> int:
        text = self._environ.get(name) or str(default)
        if not text.isascii() or not text.isdigit():
            raise ConfigError(f"{name}={text!r} is not a whole number; give one such as {default}")
        return int(text)

    def _database(self) -> Database:
        if text := self._value("DATABASE_URL"):
            return database_url.parse(text)
        return database_url.sqlite_file(self.DATA_DIR / "app.db")

    def _secret_key(self) -> str | None:
        """Return SECRET_KEY, or None: the start then creates a key beside the SQLite database."""
        key = self._value("SECRET_KEY")
        if key.strip().lower() in PLACEHOLDERS:
            raise ConfigError(
                "SECRET_KEY is a known placeholder; generate a key: "
                "python3 -c 'import secrets; print(secrets.token_hex(32))'"
            )
        return key or None


def _is_redis(url: str) -> bool:
    """Return whether redis-py can use the URL: a host, an optional port, an optional database number."""
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018  raises ValueError if it is not a port
    except ValueError:
        return False
    return parts.scheme in {"redis", "rediss"} and bool(parts.hostname) and bool(re.fullmatch(r"(/\d*)?", parts.path))


def _is_plain_address(url: str) -> bool:
    """Return whether an HTTP URL consists of a host, an optional port and an optional path only."""
    try:
        port = urlsplit(url).port
    except ValueError:
        return False
    return (
        port != 0 and re.fullmatch(r"https?://([\w.-]+|\[[\da-f:.]+\])(:\d+)?(/[^\s?#]*)?", url, re.ASCII) is not None
    )


def _engine_options(database: Database) -> dict[str, Any]:
    """Return the options of SQLAlchemy's engine.

    Errors are logged without the parameters of their statement, which can hold private messages.
    """
    if database_url.sqlite_path(database.url):
        return {"hide_parameters": True}
    return {
        "hide_parameters": True,
        "pool_pre_ping": True,  # replaces a connection that the server has closed
        # The session has rolled back before it returns the connection; a second rollback is a wasted round trip.
        "pool_reset_on_return": None,
        "pool_recycle": 1800,  # seconds; a firewall or the server's wait_timeout drops idle connections
        "connect_args": database.connect_args | {"connect_timeout": 5},  # seconds
        # Each statement reads the latest committed rows. With the servers' default, REPEATABLE READ, MariaDB 11.6 and
        # later refuse (error 1020) to change a row that another transaction has changed since this one began.
        "isolation_level": "READ COMMITTED",
    }
