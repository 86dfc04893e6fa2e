"""The job that writes an archive: a zip of JSON files (RFC 8259), in UTF-8, with times in ISO 8601."""

import json
import zipfile
from datetime import datetime

from flask import current_app

from app.database import db, utc_now
from app.export import queries, services
from app.jobs import services as jobs
from app.mail.services import write
from app.notifications.models import EXPORT_DONE, EXPORT_FAILED
from app.notifications.services import notify
from app.users.services import hold

STEP = 500  # rows between two updates of the progress

LISTS = {
    "posts.json": queries.posts,
    "messages.json": queries.messages,
    "following.json": queries.following,
    "followers.json": queries.followers,
}


def work(job_id: int, attempt: int, user_id: int, locale: str | None) -> None:
    """Write the archive chunk by chunk, with one batch of rows and one chunk in memory; then notify and mail the user.

    Raises app.jobs.services.Superseded if another attempt has started, NotFound if the account is gone.
    """
    account, total = queries.account(user_id), queries.total(user_id)
    hold(user_id)
    services.delete_incomplete(user_id)
    archive = services.ArchiveWriter(user_id)
    done = 0
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr(_entry("account.json"), as_json(account))
        for name, rows in LISTS.items():
            with zipped.open(_entry(name), "w") as file:
                file.write(b"[")
                for number, row in enumerate(rows(user_id)):
                    file.write(b",\n" if number else b"\n")
                    file.write(as_json(row))
                    done += 1
                    if done % STEP == 0:
                        # The commit shows the progress, and lets other writers of SQLite proceed.
                        jobs.advance(job_id, attempt, min(99, 100 * done // max(total, 1)))
                        db.session.commit()
                file.write(b"\n]\n")
    db.session.commit()
    hold(user_id)
    archive.complete()
    jobs.finish(job_id, attempt)
    notify(user_id, EXPORT_DONE)
    if current_app.config["MAIL_SERVER"]:
        write("archive", account["email"], user_id, locale)
    db.session.commit()


def failed(user_id: int) -> None:
    """Notify the user that there is no archive."""
    notify(user_id, EXPORT_FAILED)


def tidy() -> None:
    """Delete expired archives."""
    services.delete_expired()


def as_json(row: queries.Row) -> bytes:
    """Return a row as JSON, without escapes for characters beyond ASCII."""
    return json.dumps(dict(row), ensure_ascii=False, default=_plain).encode()


def _entry(name: str) -> zipfile.ZipInfo:
    """Return the entry of a file that is written now: to one opened by its name, zipfile gives a date in 1980."""
    now = utc_now()
    entry = zipfile.ZipInfo(name, (now.year, now.month, now.day, now.hour, now.minute, now.second))
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value)} has no JSON form")
