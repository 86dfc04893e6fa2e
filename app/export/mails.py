"""The mail with a user's data."""

from flask_babel import lazy_gettext as _l

from app.export import queries
from app.mail.message import File, Mail
from app.users.models import User

MAX_ATTACHMENT = 5_000_000  # bytes; servers refuse mails over 10 MB, and base64 adds a third


def archive(user: User, _recipient: str, locale: str | None) -> Mail | None:
    """Return the mail with the user's archive, or only its link if it is larger than MAX_ATTACHMENT.

    None if the archive is gone or the address is not confirmed: it may be a stranger's.
    """
    archive = queries.archive_of(user.id)
    if archive is None or not user.email_confirmed:
        return None
    files: list[File] = []
    if archive.size <= MAX_ATTACHMENT:
        files.append((queries.name_of(archive, user.username), b"".join(queries.chunks(archive.id)), "application/zip"))
    values = {"user": user, "attached": bool(files), "until": archive.expires_at}
    return Mail(user.email, _l("Your data"), "archive", locale, values, files)
