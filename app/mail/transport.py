"""Hand a message to the mail server, or to the log without MAIL_SERVER."""

import contextlib
import email
import email.policy
import functools
import logging
import os
import smtplib
import socket
import ssl
from collections.abc import Callable
from typing import Any

from flask import current_app
from flask_mailman import EmailMultiAlternatives, Mail
from flask_mailman.backends import smtp

from app.deadline import within

log = logging.getLogger(__name__)

GOODBYE = 2  # seconds for the answer to QUIT: the server has taken the mail by then


def send(message: EmailMultiAlternatives) -> None:
    """Send the message within MAIL_TIMEOUT seconds in all; without MAIL_SERVER, log it with its links.

    Raises OSError, of which smtplib's errors are subclasses, or ValueError for an address that cannot be used;
    failures.failure_of explains them.
    """
    if not current_app.config["MAIL_SERVER"]:
        log.warning("MAIL_SERVER is not set; mail to %s: %s\n%s", message.to[0], message.subject, message.body)
        return
    seconds = current_app.config["MAIL_TIMEOUT"]
    # Each step may take a little longer than the whole, so that the deadline for the whole is what ends it.
    backend: Backend = Mail(current_app).get_connection(Backend, timeout=seconds + 1)
    message.connection = backend

    def hand_over() -> None:
        with contextlib.closing(backend):  # if the server refuses the mail too
            message.send()

    try:
        within(seconds, hand_over, stop=backend.stop)
    finally:
        backend.release()


class StoppableClient:
    """A mixin for smtplib's clients, which tells `on_connect` the socket before the server has said anything."""

    def __init__(self, on_connect: Callable[[socket.socket], None], *args: Any, **options: Any) -> None:
        self._on_connect = on_connect
        super().__init__(*args, **options)

    def _get_socket(self, *args: Any) -> socket.socket:
        connected: socket.socket = super()._get_socket(*args)  # type: ignore[misc]  # smtplib's, made to be extended
        self._on_connect(connected)
        return connected


class PlainClient(StoppableClient, smtplib.SMTP):
    """SMTP whose STARTTLS verifies the server's certificate; by default, smtplib does not."""

    def starttls(self, *, context: ssl.SSLContext | None = None) -> tuple[int, bytes]:  # type: ignore[override]  # the arguments for key files are deprecated
        return super().starttls(context=context or ssl.create_default_context())


class TLSClient(StoppableClient, smtplib.SMTP_SSL):
    """SMTP over TLS."""


class Backend(smtp.EmailBackend):
    """Flask-Mailman's connection to a server, which can be stopped by another thread."""

    _socket: socket.socket | None = None
    _stopped = False

    @property
    def connection_class(self) -> Callable[..., smtplib.SMTP]:
        return functools.partial(TLSClient if self.use_ssl else PlainClient, self._watch)

    def _send(self, message: EmailMultiAlternatives) -> bool:
        """Send by SMTPUTF8 (RFC 6531) if an address is not ASCII before the @: Flask-Mailman would encode it."""
        if all(address.rpartition("@")[0].isascii() for address in message.to):
            sent: bool = super()._send(message)
            return sent
        self.connection.ehlo_or_helo_if_needed()
        if not self.connection.has_extn("smtputf8"):  # smtplib's error would tell of all mails, and delay them
            raise smtplib.SMTPRecipientsRefused(dict.fromkeys(message.to, (553, b"the server lacks SMTPUTF8")))
        parsed = email.message_from_bytes(message.message().as_bytes(), policy=email.policy.SMTPUTF8)
        parsed.replace_header("To", ", ".join(message.to))
        self.connection.send_message(parsed, to_addrs=message.to)
        return True

    def close(self) -> None:
        """End the session. An error changes nothing: the server has taken the mail, or the caller has its error."""
        with contextlib.suppress(OSError):
            if self.connection and self.connection.sock:
                self.connection.sock.settimeout(GOODBYE)
            super().close()

    def stop(self) -> None:
        """End the connection, whatever the thread that uses it waits for."""
        self._stopped = True
        if self._socket:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    def release(self) -> None:
        """Release the copy of the socket."""
        if self._socket:
            self._socket.close()

    def _watch(self, connected: socket.socket) -> None:
        """Keep a copy of the socket: STARTTLS replaces the one that smtplib holds."""
        self._socket = socket.socket(fileno=os.dup(connected.fileno()))
        if self._stopped:
            self._socket.close()
            connected.close()
            raise TimeoutError
