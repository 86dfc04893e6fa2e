"""The mail with a user's data."""

from flask_babel import lazy_gettext as _l

from app import mail
from app.database import db
from app.export import queries
from app.users.models import User

MAX_ATTACHMENT = 5_000_000  # bytes; servers refuse mails over 10 MB, and base64 adds a third


def send_archive(user_id: int, locale: str | None = None) -> None:
    """Mail the user their archive, or only its link if it is larger than MAX_ATTACHMENT.

    `locale`: the browser's, for a user who has not chosen a language.
    """
    user, archive = db.session.get(User, user_id), queries.archive_of(user_id)
    if user is None or archive is None:
        return
    files = []
    if archive.size <= MAX_ATTACHMENT:
        files.append((queries.name_of(archive, user.username), b"".join(queries.chunks(archive.id)), "application/zip"))
    mail.send(
        user.email,
        _l("Your data"),
        "archive",
        user.locale or locale,
        attachments=files,
        user=user,
        attached=bool(files),
        until=archive.expires_at,
    )
