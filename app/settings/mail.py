"""The settings of mail that depend on each other. What can't work raises ConfigError."""

import ssl
from urllib.parse import urlsplit

from app.settings import ConfigError, addresses
from app.settings.environment import Environment, shown


def server(env: Environment) -> str:
    """Return the host of the mail server, or an empty string."""
    host = env.text("MAIL_SERVER")
    if host and not addresses.is_host(host):
        raise ConfigError("MAIL_SERVER is not the name of a host; give one such as mail.example, and MAIL_PORT apart")
    return host.strip("[]")


def tls(env: Environment) -> tuple[bool, bool]:
    """Return whether to use STARTTLS, and whether to use TLS from the start."""
    starttls, implicit = env.switch("MAIL_USE_TLS"), env.switch("MAIL_USE_SSL")
    if starttls and implicit:
        raise ConfigError("MAIL_USE_TLS (STARTTLS) and MAIL_USE_SSL (TLS from the start) are both set; unset one")
    return starttls, implicit


def port(env: Environment, starttls: bool, implicit: bool) -> int:
    """Return the port of the mail server; without one, the usual port for this kind of TLS."""
    default = 465 if implicit else 587 if starttls else 25
    number = default if env.service_links("MAIL_PORT") else env.integer("MAIL_PORT", default, 1, 65535)
    if number == 465 and not implicit:
        raise ConfigError("MAIL_PORT=465 is the port for TLS from the start; set MAIL_USE_SSL=1 and not MAIL_USE_TLS")
    return number


def login(env: Environment) -> tuple[str | None, str | None]:
    """Return the user name and the password, or None for both."""
    username, password = env.text("MAIL_USERNAME"), env.secret("MAIL_PASSWORD")
    if bool(username) != bool(password):
        missing = "MAIL_PASSWORD" if username else "MAIL_USERNAME"
        raise ConfigError(f"{missing} is not set; set both MAIL_USERNAME and MAIL_PASSWORD, or neither")
    if not f"{username}{password}".isascii():
        raise ConfigError("MAIL_USERNAME and MAIL_PASSWORD must be in ASCII, as the login of SMTP is; use another one")
    return username or None, password or None


def authority(env: Environment) -> str:
    """Return the file of certificate authorities, or an empty string. OpenSSL reads the variable by itself."""
    path = env.text("SSL_CERT_FILE")
    if path:
        try:
            ssl.create_default_context(cafile=path)
        except OSError as error:
            reason = "it holds no certificate" if isinstance(error, ssl.SSLError) else error.strerror
            raise ConfigError(f"SSL_CERT_FILE={shown(path)}: {reason}; give the path of a PEM file") from error
    return path


def sender(env: Environment, site_url: str) -> str:
    """Return the sender of mails, by default an address at the host of the site."""
    host = urlsplit(site_url).hostname or ""
    default = f"Microblog <noreply@{f'[IPv6:{host}]' if ':' in host else host}>"
    return addresses.sender("MAIL_DEFAULT_SENDER", env.text("MAIL_DEFAULT_SENDER", default))


def admins(env: Environment) -> list[str]:
    """Return the addresses in ADMINS, which commas or spaces separate."""
    return [addresses.mailbox("ADMINS", address) for address in env.text("ADMINS").replace(",", " ").split()]
