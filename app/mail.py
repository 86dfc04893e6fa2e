"""Sending mail, as text and HTML, in the recipient's language. Without MAIL_SERVER it is logged instead.

Only job workers and alerts (app/ops/alerts.py) import this module, to save its import when pages are served.
"""

import logging
import smtplib
import ssl
from collections.abc import Sequence
from email.utils import make_msgid
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, render_template
from flask_babel import force_locale
from flask_mailman import EmailMultiAlternatives, Mail
from flask_mailman.backends import smtp

from app.i18n import locales

log = logging.getLogger(__name__)

File = tuple[str, bytes, str]  # name, content, MIME type


class CheckingSMTP(smtplib.SMTP):
    """SMTP whose STARTTLS verifies the server's certificate; by default, smtplib does not."""

    def starttls(self, *, context: ssl.SSLContext | None = None) -> tuple[int, bytes]:  # type: ignore[override]  # the arguments for key files are deprecated
        return super().starttls(context=context or ssl.create_default_context())


class Backend(smtp.EmailBackend):
    """Flask-Mailman's connection to a server, which verifies its certificate with STARTTLS and with implicit TLS."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return smtplib.SMTP_SSL if self.use_ssl else CheckingSMTP


def send(
    to: str, subject: object, template: str, locale: str | None, attachments: Sequence[File] = (), **values: Any
) -> None:
    """Render `templates/mail/TEMPLATE.txt` and `.html` with `values`, and send them to the address `to`.

    `subject` is a lazy string, translated here, into the available language nearest to `locale`, else English. Raises
    OSError, of which smtplib's errors are subclasses, if the server cannot be reached or refuses the mail. Links start
    with SITE_URL: the Host header of a request can be forged.
    """
    site = current_app.config["SITE_URL"]
    with current_app.test_request_context(base_url=site), force_locale(locales.available(locale) or locales.ENGLISH):
        text, html = (render_template(f"mail/{template}.{kind}", **values) for kind in ("txt", "html"))
        title = str(subject)
    if not current_app.config["MAIL_SERVER"]:
        log.warning("MAIL_SERVER is not set; mail to %s: %s\n%s", to, title, text)
        return
    headers = {"Message-ID": make_msgid(domain=urlsplit(site).hostname), "Auto-Submitted": "auto-generated"}
    message = EmailMultiAlternatives(title, text, to=[to], headers=headers, connection=_connection())
    message.attach_alternative(html, "text/html")
    for file in attachments:
        message.attach(*file)
    message.send()
    log.info("mail sent: %s", template)


def _connection() -> Backend:
    connection: Backend = Mail(current_app).get_connection(Backend)
    return connection
