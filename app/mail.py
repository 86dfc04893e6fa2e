"""Mail, as text and as HTML, in the recipient's language. Without MAIL_SERVER it goes to the log.

Workers import this module, and a server with an error to mail (app/ops/alerts.py); serving pages costs nothing of it.
"""

import logging
import smtplib
import ssl
from collections.abc import Sequence
from email.utils import make_msgid
from urllib.parse import urlsplit

from flask import current_app, render_template
from flask_babel import force_locale
from flask_mailman import EmailMultiAlternatives, Mail
from flask_mailman.backends import smtp

log = logging.getLogger(__name__)

File = tuple[str, bytes, str]


class CheckingSMTP(smtplib.SMTP):
    """SMTP whose STARTTLS checks the server's certificate, as implicit TLS does; Python's own doesn't."""

    def starttls(self, *, context=None):
        return super().starttls(context=context or ssl.create_default_context())


class Backend(smtp.EmailBackend):
    """Flask-Mailman's connection to a server, the certificate checked either way."""

    @property
    def connection_class(self):
        return smtplib.SMTP_SSL if self.use_ssl else CheckingSMTP


def send(to: str, subject, template: str, locale: str | None, attachments: Sequence[File] = (), **values) -> None:
    """Send the mail of `templates/mail/TEMPLATE.txt` and `.html` to the address `to`.

    `subject` is a lazy text; `attachments` are (name, content, MIME type); `values` are the templates'. Raises OSError
    (smtplib's errors are) when the server can't be reached or refuses. Links bear SITE_URL: what a request's Host
    header says is a stranger's word.
    """
    site = current_app.config["SITE_URL"]
    with current_app.test_request_context(base_url=site), force_locale(locale or "en"):
        text, html = (render_template(f"mail/{template}.{kind}", **values) for kind in ("txt", "html"))
        subject = str(subject)
    if not current_app.config["MAIL_SERVER"]:
        log.warning("MAIL_SERVER is not set; mail to %s: %s\n%s", to, subject, text)
        return
    headers = {"Message-ID": make_msgid(domain=urlsplit(site).hostname), "Auto-Submitted": "auto-generated"}
    message = EmailMultiAlternatives(subject, text, to=[to], headers=headers, connection=_connection())
    message.attach_alternative(html, "text/html")
    for file in attachments:
        message.attach(*file)
    message.send()
    log.info("mail sent: %s", template)


def _connection():
    return Mail(current_app).get_connection(Backend)
