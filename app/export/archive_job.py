"""The job: writes a zip of JSON files (RFC 8259, UTF-8; moments in ISO 8601) with all that a person wrote."""

import json
import zipfile
from datetime import datetime

from flask import current_app

from app.database import db
from app.export import queries, services
from app.jobs import services as jobs
from app.jobs.job_queue import run_later
from app.notifications.models import EXPORT_DONE, EXPORT_FAILED
from app.notifications.services import notify

STEP = 500  # rows after which the progress is noted

LISTS = {
    "posts.json": queries.posts,
    "messages.json": queries.messages,
    "following.json": queries.following,
    "followers.json": queries.followers,
}


def work(job_id: int, attempt: int, user_id: int, locale: str | None) -> None:
    """Write the archive piece by piece; a few rows and one piece are in memory at a time."""
    services.delete_incomplete(user_id)
    total = queries.total(user_id)
    archive = services.ArchiveWriter(user_id)
    done = 0
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr("account.json", as_json(dict(queries.account(user_id))))
        for name, rows in LISTS.items():
            with zipped.open(name, "w") as file:
                file.write(b"[")
                for number, row in enumerate(rows(user_id)):
                    file.write(b",\n" if number else b"\n")
                    file.write(as_json(dict(row)))
                    done += 1
                    if done % STEP == 0:
                        # Committed: others see how far it is, and SQLite's other writers get their turn.
                        jobs.advance(job_id, attempt, min(99, 100 * done // max(total, 1)))
                        db.session.commit()
                file.write(b"\n]\n")
    archive.complete()
    jobs.finish(job_id, attempt)
    notify(user_id, EXPORT_DONE)
    db.session.commit()
    if current_app.config["MAIL_SERVER"]:
        run_later("app.export.mails:archive", user_id, locale)


def failed(user_id: int) -> None:
    """Tell the person that there will be no archive."""
    notify(user_id, EXPORT_FAILED)


def tidy() -> None:
    """Delete what has expired."""
    services.delete_expired()


def as_json(row: dict) -> bytes:
    """A row as JSON; what people wrote stays readable in it."""
    return json.dumps(row, ensure_ascii=False, default=_plain).encode()


def _plain(value):
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"no JSON for {type(value)}")
