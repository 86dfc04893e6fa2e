"""TLS to a database server, as the options of DATABASE_URL ask for it."""

import ssl
from collections.abc import Mapping
from enum import IntEnum
from typing import Any, TypeVar

from app.settings import ConfigError

# Spellings of the drivers of several languages, in lower case without "-" and "_", and the options that they mean.
SPELLINGS = {
    "sslmode": "ssl_mode",
    "ssl": "ssl_mode",
    "usessl": "ssl_mode",
    "requiressl": "ssl_mode",
    "sslca": "ssl_ca",
    "sslrootcert": "ssl_ca",
    "sslcert": "ssl_cert",
    "sslkey": "ssl_key",
    "sslverifycert": "ssl_verify_cert",
    "verifyservercertificate": "ssl_verify_cert",
    "sslverifyidentity": "ssl_verify_identity",
    "sslcheckhostname": "ssl_verify_identity",
}


T = TypeVar("T")


class Level(IntEnum):
    """How strict the connection is: the values of MySQL's `--ssl-mode`."""

    DISABLED = 0
    PREFERRED = 1
    REQUIRED = 2
    VERIFY_CA = 3
    VERIFY_IDENTITY = 4


MODES = {
    "disabled": Level.DISABLED,
    "disable": Level.DISABLED,
    "preferred": Level.PREFERRED,
    "prefer": Level.PREFERRED,
    "required": Level.REQUIRED,
    "require": Level.REQUIRED,
    "trust": Level.REQUIRED,
    "verify-ca": Level.VERIFY_CA,
    "verify-identity": Level.VERIFY_IDENTITY,
    "verify-full": Level.VERIFY_IDENTITY,
}
SWITCH = {"true": True, "1": True, "yes": True, "on": True, "false": False, "0": False, "no": False, "off": False}


def arguments(options: dict[str, str]) -> dict[str, Any]:
    """Return the driver's arguments for these options. Without any, it uses TLS if the server offers it.

    Raises ConfigError for a value that is not known, a file that can't be read, and options that contradict each other.
    """
    if ("ssl_cert" in options) != ("ssl_key" in options):
        raise ConfigError("DATABASE_URL sets only one of ssl_cert and ssl_key; set both or neither")
    level = _level(options)
    if level == Level.PREFERRED:
        return {}
    return {"ssl_disabled": True} if level == Level.DISABLED else {"ssl": _context(level, options)}


def _level(options: dict[str, str]) -> Level:
    """Return the strictest level that an option asks for."""
    asked = set[Level]()
    if "ssl_ca" in options:
        # An authority is given to verify by. Only the host name can be left unverified, by an option that says so.
        asked.add(Level.VERIFY_CA if {"ssl_mode", "ssl_verify_identity"} & set(options) else Level.VERIFY_IDENTITY)
    if "ssl_cert" in options:
        asked.add(Level.REQUIRED)
    for name, level in (("ssl_verify_cert", Level.VERIFY_CA), ("ssl_verify_identity", Level.VERIFY_IDENTITY)):
        if name in options and _value(name, options, SWITCH):
            asked.add(level)
    if "ssl_mode" in options:
        switched = {text: Level.REQUIRED if on else Level.DISABLED for text, on in SWITCH.items()}
        mode = _value("ssl_mode", options, MODES | switched)
        if mode == Level.DISABLED and asked:
            raise ConfigError("DATABASE_URL turns TLS off, and has other options of TLS; leave out one or the other")
        asked.add(mode)
    return max(asked, default=Level.PREFERRED)


def _value(name: str, options: Mapping[str, str], known: Mapping[str, T]) -> T:
    value = known.get(options[name].lower().replace("_", "-"))
    if value is None:
        raise ConfigError(f"DATABASE_URL sets {name} to a value that is not known; use {', '.join(known)}")
    return value


def _context(level: Level, options: Mapping[str, str]) -> ssl.SSLContext:
    """Return a context as PyMySQL makes it, but with the checks that `level` names. Raises ConfigError."""
    try:
        context = ssl.create_default_context(cafile=options.get("ssl_ca"))
    except OSError as error:
        raise _unreadable("ssl_ca", options, "a PEM file of certificates", error) from error
    # Python 3.13 is strict by default, and refuses the certificates that MySQL creates for itself.
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    context.check_hostname = level == Level.VERIFY_IDENTITY
    context.verify_mode = ssl.CERT_REQUIRED if level >= Level.VERIFY_CA else ssl.CERT_NONE
    if "ssl_cert" in options:
        try:
            context.load_cert_chain(options["ssl_cert"], options["ssl_key"], password=lambda: b"")
        except OSError as error:
            raise _unreadable("ssl_cert", options, "a PEM file, and ssl_key that of its key", error) from error
    return context


def _unreadable(name: str, options: Mapping[str, str], what: str, error: OSError) -> ConfigError:
    reason = "it is not valid" if isinstance(error, ssl.SSLError) else error.strerror
    return ConfigError(f"DATABASE_URL sets {name}={options[name]!r}: {reason}; give the path of {what}")
