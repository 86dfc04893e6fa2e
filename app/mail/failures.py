"""Why a mail could not be sent: one line for the log and for operators, without an address or a password."""

import re
import smtplib
import socket
import ssl
from collections.abc import Callable
from typing import Any, NamedTuple

from app.mail.models import ERROR_LIMIT

ADDRESS = re.compile(r"[^\s<>\"',;:]+@[^\s<>\"',;:]+")
# Replies about the application's account, to any command (RFC 4954, section 6).
OF_SIGN_IN = {530, 534, 535, 538}


class Failure(NamedTuple):
    """Why an attempt failed."""

    reason: str
    permanent: bool = False  # the server rejects this mail permanently
    of_server: bool = False  # it concerns all mails: the next one would fail too


def failure_of(error: Exception) -> Failure:
    """Return what to do about an exception of transport.send or message.render."""
    failure = _failure_of(error)
    return failure._replace(reason=_one_line(failure.reason))


def _failure_of(error: Exception) -> Failure:
    match error:
        case smtplib.SMTPRecipientsRefused():
            [(code, reply), *_others] = error.recipients.values()
            return _refused("the server refused the recipient", code, reply)
        case smtplib.SMTPDataError() | smtplib.SMTPSenderRefused(smtp_code=552):  # 552: too large (RFC 1870)
            return _refused("the server refused the mail", error.smtp_code, error.smtp_error)
    for kind, describe in OF_SERVER:
        if isinstance(error, kind):
            return Failure(describe(error), of_server=True)
    if isinstance(error, ValueError):
        return Failure("the address or the subject cannot be written in a mail", permanent=True)
    return Failure(f"unexpected error: {type(error).__name__}")


def _refused(what: str, code: int, reply: bytes | str) -> Failure:
    # smtplib reports a connection that ends here, or 421, as such a reply too.
    of_server = code in OF_SIGN_IN or code in {-1, 421}
    return Failure(f"{what}: {code} {_decoded(reply)}", permanent=code >= 500 and not of_server, of_server=of_server)


def _reply(error: smtplib.SMTPResponseException) -> str:
    return f"{error.smtp_code} {_decoded(error.smtp_error)}"


def _tls_reason(error: ssl.SSLError) -> str:
    return (getattr(error, "reason", None) or "failed").replace("_", " ").lower()


def _decoded(reply: bytes | str) -> str:
    return reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply


def _one_line(text: str) -> str:
    """Return the text without control characters and addresses, at most ERROR_LIMIT code points."""
    line = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return ADDRESS.sub("…", line)[:ERROR_LIMIT]


# Errors that concern all mails; the first type that fits decides.
OF_SERVER: tuple[tuple[type[Exception], Callable[[Any], str]], ...] = (
    (smtplib.SMTPAuthenticationError, lambda error: f"wrong MAIL_USERNAME or MAIL_PASSWORD: {_reply(error)}"),
    (smtplib.SMTPSenderRefused, lambda error: f"the server refused MAIL_DEFAULT_SENDER: {_reply(error)}"),
    (smtplib.SMTPResponseException, lambda error: f"the server is not ready: {_reply(error)}"),  # greeting, EHLO
    (smtplib.SMTPNotSupportedError, lambda error: f"the server lacks what the settings ask for: {error}"),
    (smtplib.SMTPServerDisconnected, lambda _error: "the server closed the connection"),
    (
        ssl.SSLCertVerificationError,
        lambda error: (
            f"the server's certificate is not trusted ({error.verify_message}); "
            "if a private authority signed it, set SSL_CERT_FILE"
        ),
    ),
    (ssl.SSLError, lambda error: f"no TLS ({_tls_reason(error)}); check MAIL_PORT, MAIL_USE_TLS and MAIL_USE_SSL"),
    (socket.gaierror, lambda error: f"unknown host: check MAIL_SERVER ({error.strerror})"),
    (TimeoutError, lambda error: str(error) or "no answer in time"),
    (OSError, lambda error: error.strerror or str(error) or type(error).__name__),
)
