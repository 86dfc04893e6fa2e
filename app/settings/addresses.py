"""Addresses in settings: of servers, of this site, of mailboxes. What is not valid raises ConfigError."""

import ipaddress
import re
from email.utils import quote
from pathlib import Path
from urllib.parse import parse_qsl

from app.settings import ConfigError
from app.settings.environment import shown

LABEL = r"[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
NAME = rf"{LABEL}(\.{LABEL})*\.?"
MAILBOX = rf"[\w.!#$%&'*+/=?^`{{|}}~-]{{1,64}}@({NAME}|\[[\da-fA-F:.IPv]+\])"
SPECIALS = r'[()<>@,:;.\\"\[\]]'  # of the names of mailboxes; a name with one of them needs quotes (RFC 5322, 3.2.3)
QUOTED = r'"([^"\\]|\\.)*"'
# Part of a URL (RFC 3986) where these characters separate the parts; inside a part they are percent-encoded.
PART = r"[^@:/?#\s]"
ENCODE = "percent-encode these in the user name and the password: @ as %40, : as %3A, / as %2F, ? as %3F, # as %23"

REDIS_URL = re.compile(
    rf"rediss?://({PART}*(:{PART}*)?@)?(?P<host>{PART}+|\[[\da-fA-F:.]+\])(:(?P<port>{PART}*))?(/\d{{0,4}})?"
    rf"(\?(?P<options>[^@#\s]*))?",
    re.ASCII,
)
# redis-py's, for rediss://.
REDIS_OPTIONS = {"ssl_cert_reqs", "ssl_ca_certs", "ssl_certfile", "ssl_keyfile", "ssl_check_hostname"}
HTTP_URL = re.compile(
    r"https?://(?P<host>[^/:?#@\[\]]+|\[[^\]]*\])(:(?P<port>[^/?#@]*))?(?P<path>/[^\s?#]*)?", re.ASCII
)


def is_host(text: str) -> bool:
    """Return whether a text is a host name in ASCII or an IP address; IPv6 in brackets or without."""
    if ":" in text or re.fullmatch(r"[\d.]+", text):
        try:
            ipaddress.ip_address(text.removeprefix("[").removesuffix("]"))
        except ValueError:
            return False
        return text.startswith("[") == text.endswith("]")
    return re.fullmatch(NAME, text, re.ASCII) is not None


def is_port(text: str | None, least: int = 1) -> bool:
    """Return whether a text is a number of a port, or None for the default."""
    return text is None or (re.fullmatch(r"\d{1,5}", text, re.ASCII) is not None and least <= int(text) < 2**16)


def http_url(name: str, text: str, example: str) -> str:
    """Return an HTTP URL of a host, an optional port and an optional path, without the slash at its end.

    Errors don't quote it: it may hold a password or a key.
    """
    parts = HTTP_URL.fullmatch(text)
    if not parts or not is_host(parts["host"]) or not is_port(parts["port"]):
        raise ConfigError(f"{name} is not a plain URL in ASCII; give one such as {example}")
    return text.rstrip("/")


def site_url(name: str, text: str) -> str:
    """Return the URL of this site: a scheme, a host and an optional port."""
    url = http_url(name, text, "https://blog.example")
    if "/" in url.partition("://")[2]:
        raise ConfigError(
            f"{name} has a path, but the site needs a host of its own; give one such as https://blog.example"
        )
    return url


def redis_url(name: str, text: str) -> str:
    """Return the URL of a Redis server. Errors don't quote it: it may hold a password."""
    parts = REDIS_URL.fullmatch(text)
    if not parts or not is_host(parts["host"]) or not is_port(parts["port"]):
        raise ConfigError(
            f"{name} is not the URL of a Redis server; give one such as redis://redis:6379/0, and {ENCODE}"
        )
    for option, value in parse_qsl(parts["options"] or "", keep_blank_values=True):
        if option not in REDIS_OPTIONS or not text.startswith("rediss"):
            raise unsupported(name, option, f"with rediss://, use {', '.join(sorted(REDIS_OPTIONS))}")
        if option.endswith(("file", "certs")) and not Path(value).is_file():
            raise ConfigError(f"{name} sets {option}={shown(value)}, which is not a file; give the path of a PEM file")
        if option == "ssl_cert_reqs" and value not in {"none", "optional", "required"}:
            raise ConfigError(f"{name} sets ssl_cert_reqs to a value that is not known; use none, optional or required")
    return text


def unsupported(name: str, option: str, remedy: str) -> ConfigError:
    """Return the error for an option of a URL that is not known."""
    quoted = option if re.fullmatch(r"[\w.-]{1,50}", option, re.ASCII) else "with an invalid name"
    return ConfigError(f"{name} has an option {quoted} that is not supported; {remedy}")


def listening(bind: str, port: str) -> str:
    """Return where to listen: at BIND, else on all addresses at PORT, which some platforms set."""
    if bind:
        return bound("BIND", bind, "5000")
    if not is_port(port):
        raise ConfigError(f"PORT={shown(port)} is not a number from 1 to 65535; give one such as 5000")
    return f"0.0.0.0:{port}"


def bound(name: str, text: str, port: str) -> str:
    """Return an address and a port to listen on; `port` is the one of the example."""
    host, colon, number = text.rpartition(":")
    if not colon or not is_port(number, least=0) or (host and not is_host(host)) or (":" in host and host[0] != "["):
        raise ConfigError(
            f"{name}={shown(text)} is not an address and a port; give one such as 0.0.0.0:{port} or [::]:{port}"
        )
    return text


def mailbox(name: str, text: str) -> str:
    """Return the address of a mailbox, such as "me@blog.example"."""
    if not re.fullmatch(MAILBOX, text, re.ASCII):
        raise ConfigError(f"{name} has {shown(text)}, which is not a mail address; give one such as me@blog.example")
    return text


def sender(name: str, text: str) -> str:
    """Return the address of a mailbox with or without a name before it: "Microblog <me@blog.example>".

    A name with punctuation, which a header would take for several addresses, gets quotes.
    """
    named = re.fullmatch(r"(?P<name>[^<>]+?) ?<(?P<address>[^<>]+)>", text)
    mailbox(name, named["address"] if named else text)
    if not named or not re.search(SPECIALS, named["name"]) or re.fullmatch(QUOTED, named["name"]):
        return text
    return f'"{quote(named["name"])}" <{named["address"]}>'


def contacts(name: str, text: str) -> list[str]:
    """Return the URIs of one or more contacts, which commas or spaces separate; a mail address becomes one."""
    return [_contact(name, contact) for contact in text.replace(",", " ").split()]


def _contact(name: str, text: str) -> str:
    scheme, _, rest = text.rpartition(":")
    if text.startswith("https://"):
        return http_url(name, text, "https://blog.example/security")
    if scheme in {"", "mailto"} and re.fullmatch(MAILBOX, rest, re.ASCII):
        return f"mailto:{rest}"
    if scheme == "tel" and re.fullmatch(r"\+[\d-]{3,30}", rest, re.ASCII):
        return text
    raise ConfigError(
        f"{name} has {shown(text)}, which is no contact; give a mail address, an https:// URL or tel:+33-1-23-45-67-89"
    )
