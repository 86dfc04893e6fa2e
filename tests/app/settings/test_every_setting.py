"""Each setting: a wrong value ends the start with one line that names it, and a right one is used.

tests/conventions/test_settings.py compares the tables with .env.example, which no image contains.
"""

import re

import pytest

from app.settings import ConfigError
from config import Config

NUMBERS = ["many", "-1", "+1", "2.5", "1e3", "0x2", "٣", "²", "1 2", "9" * 5000, "99999999"]
SWITCHES = ["maybe", "2", "-1", "o n"]
HOSTS = ["a b", "é.example", "http://h", "h/path", "h:1x", "h..example", "-h", "[::", "::1]", "256.1.1.1", "u@h"]
URLS = [
    *("h", "h:5000", "//h", "http://", "http:///path", "ftp://h", "http://h:port", "http://h:0", "http://h:99999"),
    *("http://h?x=1", "http://h#x", "http://u:SECRET@h", "http://a b", "http://é.example", "http://[::", "http://h:"),
]
# Settings that can also be read from a file.
IN_FILES = ["DATABASE_URL", "SECRET_KEY", "MAIL_PASSWORD", "TRANSLATE_KEY", "REDIS_URL"]
ADDRESSES = [
    *("5000", "h", "h:", "h:x", "h:99999", "unix:/tmp/s", "fd://3", "[::", "[::]", "::1:5000", "[::1:5000"),
    *("http://h:5000", "0.0.0.0:5000,[::]:5000", "256.1.1.1:5000", "a b:5000", "é:5000"),
]
# For each setting, values that can't work. White space, control characters and invalid UTF-8 are tried on all.
WRONG = {
    "APP_ENVIRONMENT": ["prod", "dev", "TEST", "PROD DEV"],
    "BIND": ADDRESSES,
    "PORT": ["0", "65536", "tcp://10.0.0.1:5000", *NUMBERS],
    "DATA_DIR": [],
    "WEB_CONCURRENCY": ["0", *NUMBERS],
    "JOB_WORKERS": NUMBERS,
    "METRICS": SWITCHES,
    "METRICS_BIND": ADDRESSES,
    "LOG_FORMAT": ["xml", "JSON", "text json"],
    "DATABASE_URL": ["SECRET", "oracle://there", "mysql://u:SECRET@h", "sqlite:///app.db"],
    "SECRET_KEY": ["x", "123456", "change-me", "  Dev "],
    "DB_WAIT_SECONDS": NUMBERS,
    "MIGRATE_ON_BOOT": ["2", "yes", "no", "true"],
    "SITE_URL": [*URLS, "https://h/blog", "https://h/blog/", "https://h/?x"],
    "EMAIL_ADDRESSES": ["all", "none", "1", "Public", "public,any"],
    "SECURITY_CONTACT": [
        *("me", "me@", "mailto:me", "http://h", "https://", "https://h?x", "tel:1", "tel:+x", "ftp://h"),
        *("javascript:x", "me@h,you", "me@h;you@h", "Me <me@h>", "mailto:a@h?subject=x", "é@h"),
    ],
    "MAIL_SERVER": [*HOSTS, "h:25", "smtp://h"],
    "MAIL_PORT": ["0", "65536", "465", "tcp:25", *NUMBERS],
    "MAIL_USERNAME": ["me"],
    "MAIL_PASSWORD": ["SECRET"],
    "MAIL_USE_TLS": SWITCHES,
    "MAIL_USE_SSL": SWITCHES,
    "MAIL_DEFAULT_SENDER": ["me", "me@", "@h", "me@é.example", "é@h", "a@h, b@h", "Me <me>", "<me@h", "me@h>", "a b@h"],
    "SSL_CERT_FILE": ["/missing", "/", __file__],
    "TRANSLATE_URL": [*URLS, "http://h/a b"],
    "TRANSLATE_KEY": [],
    "ADMINS": ["me", "me@h,you", "me@h;you@h", "Me <me@h>", "é@h"],
    "TRUSTED_PROXIES": ["yes", *NUMBERS],
    "REDIS_URL": [
        *("redis", "redis:6379", "redis://", "memcached://h", "http://h", "redis://h:port", "redis://h:0", "redis://h/a"),
        *("redis://:SECRET@x@h", "redis://:SECRET/x@h", "redis://:SECRET#x@h", "redis://u:12#SECRET@h", "redis://h/123456"),
        *("redis://u:12?SECRET@h", "redis://h?timeout=SECRET", "rediss://h?ssl_cert_reqs=SECRET", "redis://h h"),
        *("rediss://h?ssl_ca_certs=/missing", "rediss://h?ssl_ca_certs=/ca%00.pem", "unix:///run/redis.sock", "redis://é"),
    ],
    "SESSION_COOKIE_NAME": ["a b;c", "a b", "a;b", "a=b", "a,b", 'a"b', "é", "a" * 65, "__Host-m", "__Secure-m"],
}  # fmt: skip
ANYWHERE = ["'2'", '"x y"', " ", "\t", "2\n", "a\nb", "x\r", "a\0b", "\x1b[1m", "\udcff", "a\u2028b"]


def refused(variables):
    """Return the message of the error."""
    with pytest.raises(ConfigError) as error:
        Config(variables)
    message = str(error.value)
    assert len(message.splitlines()) == 1
    assert len(message) < 400
    assert "SECRET" not in re.sub(r"SECRET_KEY", "", message)
    return message


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in WRONG.items() for value in values])
def test_wrong_value_is_refused(name, value):
    assert name in refused({name: value})


@pytest.mark.parametrize(
    ("value", "fault"), [("many", "is not a whole number"), ("0", "is out of range"), ("9" * 5000, "is out of range")]
)
def test_number_is_refused_with_its_range(value, fault):
    assert f"{fault}; give one from 1 to 1000, such as 2" in refused({"WEB_CONCURRENCY": value})


@pytest.mark.parametrize("value", ANYWHERE)
@pytest.mark.parametrize("name", WRONG)
def test_white_space_and_control_characters_are_refused(name, value):
    assert name in refused({name: value})


@pytest.mark.parametrize("name", WRONG)
def test_empty_setting_has_its_default(name):
    """Compose passes an empty setting of .env as such."""
    default, empty = vars(Config({})), vars(Config({name: ""}))
    assert empty == default


@pytest.mark.parametrize(
    "content", ["", " \n\t", "\ufeff\n", "a\nb", "x" * 70_000, None], ids=lambda text: repr(text)[:9]
)
@pytest.mark.parametrize("name", IN_FILES)
def test_unusable_secret_file_is_refused(name, content, tmp_path):
    """A secret that is lost must not become a default: another database, another key."""
    path = tmp_path / "secret"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    assert f"{name}_FILE" in refused({f"{name}_FILE": str(path)})


@pytest.mark.parametrize("name", IN_FILES)
def test_secret_file_without_a_usable_path_is_refused(name, tmp_path):
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff\xfe")
    for path in ("", " ", "/", str(tmp_path), str(binary), "a\nb", f"{binary}/x"):
        assert f"{name}_FILE" in refused({f"{name}_FILE": path})


@pytest.mark.parametrize("name", IN_FILES)
def test_setting_and_its_file_are_not_both_set(name, tmp_path):
    assert f"{name} and {name}_FILE are both set" in refused({name: "x", f"{name}_FILE": str(tmp_path)})


def test_secret_file_may_have_a_byte_order_mark_and_line_ends(tmp_path):
    (tmp_path / "key").write_bytes("\ufeffdrawn at random\r\n".encode())
    assert Config({"SECRET_KEY_FILE": str(tmp_path / "key")}).SECRET_KEY == "drawn at random"


@pytest.mark.parametrize(
    ("variables", "name", "value"),
    [
        ({"SITE_URL": "https://blog.example/"}, "SITE_URL", "https://blog.example"),
        ({"SITE_URL": "http://[::1]:8000"}, "MAIL_DEFAULT_SENDER", "Microblog <noreply@[IPv6:::1]>"),
        ({"SITE_URL": "http://192.0.2.1"}, "SESSION_COOKIE_SECURE", False),
        ({"BIND": "[::]:80"}, "BIND", "[::]:80"),
        ({"BIND": ":5001"}, "BIND", ":5001"),
        ({"BIND": "localhost:0"}, "BIND", "localhost:0"),
        ({"PORT": "8080"}, "BIND", "0.0.0.0:8080"),
        ({"PORT": "8080", "BIND": "127.0.0.1:5000"}, "BIND", "127.0.0.1:5000"),
        ({"PORT": "tcp://10.0.0.1:80", "BIND": "127.0.0.1:5000"}, "BIND", "127.0.0.1:5000"),
        ({"MAIL_USE_SSL": "on"}, "MAIL_PORT", 465),
        ({"MAIL_USE_TLS": "Yes"}, "MAIL_PORT", 587),
        ({"MAIL_SERVER": "[::1]"}, "MAIL_SERVER", "::1"),
        ({"MAIL_DEFAULT_SENDER": "Blog é <me+x@mail.local>"}, "MAIL_DEFAULT_SENDER", "Blog é <me+x@mail.local>"),
        ({"MAIL_DEFAULT_SENDER": 'Éé, "b" <me@h>'}, "MAIL_DEFAULT_SENDER", r'"Éé, \"b\"" <me@h>'),
        ({"MAIL_DEFAULT_SENDER": '"É, b" <me@h>'}, "MAIL_DEFAULT_SENDER", '"É, b" <me@h>'),
        ({"SECURITY_CONTACT": "me@h, https://h/s"}, "SECURITY_CONTACT", ["mailto:me@h", "https://h/s"]),
        ({"SECURITY_CONTACT": "mailto:me@h tel:+33-123"}, "SECURITY_CONTACT", ["mailto:me@h", "tel:+33-123"]),
        ({"ADMINS": "me@h, you@localhost"}, "ADMINS", ["me@h", "you@localhost"]),
        ({"REDIS_URL": "redis://:p%40ss@h:6379/0"}, "REDIS_URL", "redis://:p%40ss@h:6379/0"),
        ({"REDIS_URL": "rediss://u:p@h?ssl_cert_reqs=none"}, "REDIS_URL", "rediss://u:p@h?ssl_cert_reqs=none"),
        ({"SESSION_COOKIE_NAME": "__Host-m", "SITE_URL": "https://h"}, "SESSION_COOKIE_NAME", "__Host-m"),
        ({"SECRET_KEY": "drawn at random, é"}, "SECRET_KEY", "drawn at random, é"),
        ({"MIGRATE_ON_BOOT": "0"}, "MIGRATE_ON_BOOT", False),
        ({"METRICS": "1"}, "METRICS_BIND", "0.0.0.0:9464"),
        ({"METRICS_BIND": "[::1]:5000"}, "METRICS_BIND", "[::1]:5000"),
    ],
)
def test_right_value_is_used(variables, name, value):
    assert getattr(Config(variables), name) == value


@pytest.mark.parametrize(
    "variables",
    [
        {"MAIL_USERNAME": "me", "MAIL_SERVER": "h"},
        {"MAIL_PASSWORD": "SECRET", "MAIL_SERVER": "h"},
        {"MAIL_USERNAME": "me", "MAIL_PASSWORD": "SECRETé", "MAIL_SERVER": "h"},
        {"MAIL_USE_TLS": "1", "MAIL_USE_SSL": "1", "MAIL_SERVER": "h"},
        {"MAIL_USE_TLS": "1", "MAIL_PORT": "465", "MAIL_SERVER": "h"},
        {"MAIL_PORT": "465", "MAIL_SERVER": "h"},
    ],
)
def test_contradicting_settings_of_mail_are_refused(variables):
    assert "MAIL_" in refused(variables)


@pytest.mark.parametrize("site", [{}, {"BIND": "127.0.0.1:5000"}, {"PORT": "5000", "APP_ENVIRONMENT": "DEV"}])
def test_metrics_on_the_port_of_the_site_are_refused(site):
    metrics = {"METRICS": "1", "METRICS_BIND": "127.0.0.2:5000"}
    assert "METRICS_BIND='127.0.0.2:5000' has the port of the site" in refused(site | metrics)


LINK = "tcp://10.0.0.7:25"


@pytest.mark.parametrize(
    ("variables", "warnings"),
    [
        ({}, []),
        ({"MAIL_SERVER": "h", "MAIL_USE_TLS": "1", "ADMINS": "me@h"}, []),
        ({"MAIL_USE_TLS": "0", "MAIL_DEFAULT_SENDER": "me@h", "MAIL_PORT": "25"}, []),
        ({"MAIL_USE_TLS": "1"}, ["MAIL_USE_TLS: no effect without MAIL_SERVER"]),
        ({"MAIL_USE_SSL": "1", "ADMINS": "me@h"}, ["MAIL_USE_SSL, ADMINS: no effect without MAIL_SERVER"]),
        ({"METRICS": "1"}, []),
        ({"METRICS": "1", "APP_ENVIRONMENT": "DEV"}, ["METRICS: no effect with APP_ENVIRONMENT=DEV"]),
        ({"TRANSLATE_KEY": "x"}, ["TRANSLATE_KEY: no effect without TRANSLATE_URL"]),
        ({"MAIL_PORT": LINK, "MAIL_SERVER": "h"}, ["MAIL_PORT: service links"]),
        ({"MAIL_PORT": LINK, "REDIS_PORT": LINK}, ["MAIL_PORT and REDIS_PORT: service links"]),
    ],
)
def test_settings_without_effect_are_named(variables, warnings):
    found = Config(variables).SETTING_WARNINGS
    assert [text.startswith(warning) for text, warning in zip(found, warnings, strict=True)] == [True] * len(warnings)


def test_service_link_leaves_the_port_of_mail_at_its_default():
    assert Config({"MAIL_PORT": LINK, "MAIL_USE_TLS": "1"}).MAIL_PORT == 587
