"""The sentence of a notification, in the reader's language, and the page it leads to."""

from flask import url_for
from flask_babel import gettext as _

from app.notifications.models import EXPORT_DONE, EXPORT_FAILED, FOLLOW, MESSAGE
from app.notifications.queries import NotificationRow
from app.text import isolated


def text_of(row: NotificationRow) -> str:
    """The sentence of a notification, as plain text."""
    name = isolated(row.display_name or row.username or "")
    texts = {
        FOLLOW: lambda: _("%(name)s followed you.", name=name),
        MESSAGE: lambda: _("%(name)s sent you a message.", name=name),
        EXPORT_DONE: lambda: _("Your data is ready to download."),
        EXPORT_FAILED: lambda: _("Your data could not be prepared. Try again."),
    }
    return str(texts[row.kind]())


def url_of(row: NotificationRow) -> str:
    """The path of the page that a notification is about."""
    if row.kind == FOLLOW:
        return url_for("profiles.show", username=row.username)
    if row.kind == MESSAGE:
        return url_for("messages.thread", username=row.username, _anchor="newest")
    return url_for("export.index")
