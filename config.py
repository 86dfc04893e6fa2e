"""All settings, read once from the environment (https://12factor.net/config).

`.env.example` documents them for operators.
"""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from app.settings import ConfigError, addresses, database_url, mail
from app.settings.database_url import Database
from app.settings.environment import Environment, shown

ROOT = Path(__file__).resolve().parent

# Secret keys printed in tutorials: with a known key, anyone can sign a session.
PLACEHOLDERS = {
    "change-me", "changeme", "change_me", "dev", "secret", "secret-key", "my-secret-key",
    "you-will-never-guess", "a-really-long-and-unique-key-that-nobody-knows", "replace-me",
}  # fmt: skip
SHORTEST_KEY = 7  # characters; one signed cookie is enough to find a shorter key
COOKIE_NAME = r"[\w!#$%&'*+.^`|~-]{1,64}"  # a token of RFC 9110


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

    def __init__(self, variables: Mapping[str, str] = os.environ) -> None:
        env = Environment(variables)
        self.DEV = env.choice("APP_ENVIRONMENT", "PROD", "DEV") == "DEV"
        self.LOG_FORMAT = env.choice("LOG_FORMAT", "text", "json")  # app/logs.py reads it too, before this
        self.DATA_DIR = Path(env.text("DATA_DIR") or ROOT / "instance").resolve()
        database = self._database(env)
        self.SQLALCHEMY_DATABASE_URI = database.url
        self.SQLALCHEMY_ENGINE_OPTIONS = _engine_options(database)  # the job queue takes its connect_args too
        self.DB_WAIT_SECONDS = env.integer("DB_WAIT_SECONDS", 60, 0, 86_400)
        self.MIGRATE_ON_BOOT = env.choice("MIGRATE_ON_BOOT", "1", "0") == "1"
        self.SECRET_KEY = _secret_key(env)
        self.BIND = addresses.listening(env.text("BIND"), env.text("PORT", "5000"))
        self.WEB_CONCURRENCY = env.integer("WEB_CONCURRENCY", 2, 1, 1000)
        self.JOB_WORKERS = env.integer("JOB_WORKERS", 1, 0, 1000)
        self._metrics(env)
        # Mails link to it. They can't use the Host header: the client chooses that.
        self.SITE_URL = addresses.site_url("SITE_URL", env.text("SITE_URL", "http://localhost:5000"))
        self.EMAIL_ADDRESSES = env.choice("EMAIL_ADDRESSES", "public", "any")
        self.SECURITY_CONTACT = addresses.contacts("SECURITY_CONTACT", env.text("SECURITY_CONTACT"))
        self.TRUSTED_PROXIES = env.integer("TRUSTED_PROXIES", 0, 0, 100)
        # Without a Redis server, memory holds the rate limits, and the database the job queue.
        self.REDIS_URL = addresses.redis_url("REDIS_URL", url) if (url := env.secret("REDIS_URL")) else ""
        self._mail(env)
        self._translation(env)
        self._cookies(env)
        self.SETTING_WARNINGS = self._warnings(env)  # app/ops/startup.py prints them

    def _metrics(self, env: Environment) -> None:
        """Set where metrics are served: never on the port of the site, which is public."""
        self.METRICS = env.switch("METRICS")
        self.METRICS_BIND = addresses.bound("METRICS_BIND", env.text("METRICS_BIND", "0.0.0.0:9464"), "9464")
        if self.METRICS and self.METRICS_BIND.rpartition(":")[2] == self.BIND.rpartition(":")[2]:
            raise ConfigError(f"METRICS_BIND={shown(self.METRICS_BIND)} has the port of the site; give another one")

    def _mail(self, env: Environment) -> None:
        """Set Flask-Mailman's settings; without MAIL_SERVER, mails are logged."""
        self.MAIL_SERVER = mail.server(env)
        self.MAIL_USE_TLS, self.MAIL_USE_SSL = mail.tls(env)
        self.MAIL_PORT = mail.port(env, self.MAIL_USE_TLS, self.MAIL_USE_SSL)
        self.MAIL_USERNAME, self.MAIL_PASSWORD = mail.login(env)
        self.SSL_CERT_FILE = mail.authority(env)
        self.MAIL_DEFAULT_SENDER = mail.sender(env, self.SITE_URL)
        self.ADMINS = mail.admins(env)

    def _translation(self, env: Environment) -> None:
        """Set the translation service, with LibreTranslate's API; without it, translation is not offered."""
        url = env.text("TRANSLATE_URL")
        self.TRANSLATE_URL = addresses.http_url("TRANSLATE_URL", url, "http://libretranslate:5000") if url else ""
        self.TRANSLATE_KEY = env.secret("TRANSLATE_KEY")

    def _cookies(self, env: Environment) -> None:
        # Cookies ignore ports (RFC 6265, section 8.5), so instances on one host need different names.
        name = env.text("SESSION_COOKIE_NAME", "microblog")
        self.SESSION_COOKIE_SECURE = self.REMEMBER_COOKIE_SECURE = self.SITE_URL.startswith("https://")
        if not re.fullmatch(COOKIE_NAME, name, re.ASCII):
            raise ConfigError(f"SESSION_COOKIE_NAME={shown(name)} is not valid; use up to 64 letters, digits, - and _")
        if name.lower().startswith(("__host-", "__secure-")) and not self.SESSION_COOKIE_SECURE:
            raise ConfigError("SESSION_COOKIE_NAME has a prefix that requires TLS; use another or an https:// SITE_URL")
        self.SESSION_COOKIE_NAME = name
        self.REMEMBER_COOKIE_NAME = f"{name}_remember"

    def _warnings(self, env: Environment) -> list[str]:
        """Return what a start says once about settings that have no effect."""
        found = []
        if links := env.service_links("MAIL_PORT", "REDIS_PORT"):
            found.append(f"{' and '.join(links)}: service links of Kubernetes or Docker, not settings; ignored")
        names = ("MAIL_USE_TLS", "MAIL_USE_SSL", "MAIL_USERNAME", "ADMINS")
        if not self.MAIL_SERVER and (idle := [name for name in names if getattr(self, name)]):
            found.append(f"{', '.join(idle)}: no effect without MAIL_SERVER; mails are written to the log")
        if self.METRICS and self.DEV:
            found.append("METRICS: no effect with APP_ENVIRONMENT=DEV")
        if self.TRANSLATE_KEY and not self.TRANSLATE_URL:
            found.append("TRANSLATE_KEY: no effect without TRANSLATE_URL; translation is not offered")
        return found

    def _database(self, env: Environment) -> Database:
        if text := env.secret("DATABASE_URL"):
            return database_url.parse(text)
        return database_url.sqlite_file(self.DATA_DIR / "app.db")


def _secret_key(env: Environment) -> str | None:
    """Return SECRET_KEY, or None: the start then creates a key beside the SQLite database."""
    key = env.secret("SECRET_KEY")
    generate = "generate a key: python3 -c 'import secrets; print(secrets.token_hex(32))'"
    if key.strip().lower() in PLACEHOLDERS:
        raise ConfigError(f"SECRET_KEY is a known placeholder; {generate}")
    if key and len(key) < SHORTEST_KEY:
        raise ConfigError(f"SECRET_KEY is shorter than {SHORTEST_KEY} characters; {generate}")
    return key or None


def _engine_options(database: Database) -> dict[str, Any]:
    """Return the options of SQLAlchemy's engine.

    Errors are logged without the parameters of their statement, which can hold private messages.
    """
    common = {
        "hide_parameters": True,
        # With the 5 that the pool keeps, one for each of 16 threads; a 17th fails after a second.
        "max_overflow": 11,
        "pool_timeout": 1,  # app/database_limits.py has the other timeouts
    }
    if database_url.sqlite_path(database.url):
        return common
    return common | {
        "pool_pre_ping": True,  # replaces a connection that the server has closed
        # The session has rolled back before it returns the connection; a second rollback is a wasted round trip.
        "pool_reset_on_return": None,
        "pool_recycle": 1800,  # seconds; a firewall or the server's wait_timeout drops idle connections
        "connect_args": database.connect_args,
        # Each statement reads the latest committed rows. With the servers' default, REPEATABLE READ, MariaDB 11.6 and
        # later refuse (error 1020) to change a row that another transaction has changed since this one began.
        "isolation_level": "READ COMMITTED",
    }
