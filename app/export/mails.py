"""The mail with what a person wrote."""

from flask_babel import lazy_gettext as _l

from app import mail
from app.database import db
from app.export import queries
from app.users.models import User

LARGEST = 5_000_000  # bytes; servers refuse mails of 10 MB and more, and one grows by a third on its way


def archive(user_id: int, locale: str | None = None) -> None:
    """The person's archive, or only where it can be downloaded if it is too large to be sent.

    `locale`: the asking browser's.
    """
    user, found = db.session.get(User, user_id), queries.archive_of(user_id)
    if user is None or found is None:
        return
    files = []
    if found.size <= LARGEST:
        files.append((queries.name_of(found, user.username), b"".join(queries.chunks(found.id)), "application/zip"))
    mail.send(
        user.email,
        _l("What you wrote"),
        "archive",
        user.locale or locale,
        attachments=files,
        user=user,
        attached=bool(files),
        until=found.expires_at,
    )
