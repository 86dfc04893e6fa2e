"""Messages with a text and an HTML part, in the recipient's language.

Only job workers, commands and alerts (app/ops/alerts.py) import this module, to save its import when pages are served.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from email.utils import make_msgid
from typing import Any
from urllib.parse import urlsplit

from flask import current_app, render_template
from flask_babel import force_locale
from flask_mailman import EmailMultiAlternatives

from app.i18n import locales

File = tuple[str, bytes, str]  # name, content, MIME type


@dataclass(frozen=True)
class Mail:
    """What `render` needs: `subject` is a lazy string, `values` are the template's."""

    to: str
    subject: object
    template: str
    locale: str | None
    values: dict[str, Any] = field(default_factory=dict)
    attachments: Sequence[File] = ()


def render(mail: Mail, reference: str | None = None) -> EmailMultiAlternatives:
    """Return the message made from `templates/mail/TEMPLATE.txt` and `.html`.

    It is in the available language nearest to the mail's `locale`, else in English.
    Links start with SITE_URL: the Host header of a request can be forged. `reference` makes the Message-ID, so that a
    mail that is sent twice has the same one both times.
    """
    site = current_app.config["SITE_URL"]
    locale = locales.available(mail.locale) or locales.ENGLISH
    with current_app.test_request_context(base_url=site), force_locale(locale):
        text, html = (render_template(f"mail/{mail.template}.{kind}", **mail.values) for kind in ("txt", "html"))
        title = str(mail.subject)
    host = urlsplit(site).hostname
    message_id = f"<{reference}@{host}>" if reference else make_msgid(domain=host)
    headers = {"Message-ID": message_id, "Auto-Submitted": "auto-generated"}
    message = EmailMultiAlternatives(title, text, current_app.config["MAIL_DEFAULT_SENDER"], [mail.to], headers=headers)
    message.attach_alternative(html, "text/html")
    for file in mail.attachments:
        message.attach(*file)
    return message
