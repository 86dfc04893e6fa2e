"""What notifications say, in the reader's language, and where they lead."""

from flask import url_for
from flask_babel import gettext as _

from app.notifications.models import EXPORT_DONE, EXPORT_FAILED, FOLLOW, MESSAGE
from app.text import isolated


def text_of(row) -> str:
    """The sentence of a row of queries.notifications, as plain text."""
    name = isolated(row.display_name or row.username or "")
    return {
        FOLLOW: lambda: _("%(name)s follows you.", name=name),
        MESSAGE: lambda: _("%(name)s sent you a message.", name=name),
        EXPORT_DONE: lambda: _("The archive of what you wrote is ready."),
        EXPORT_FAILED: lambda: _("The archive of what you wrote could not be made."),
    }[row.kind]()


def url_of(row) -> str:
    """The page that a row of queries.notifications is about."""
    if row.kind == FOLLOW:
        return url_for("profiles.show", username=row.username)
    if row.kind == MESSAGE:
        return url_for("messages.thread", username=row.username, _anchor="newest")
    return url_for("export.index")
