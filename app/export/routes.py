"""The page on which users request and download their data."""

import contextlib

from flask import Blueprint, Response, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_login import current_user, login_required

from app.database import db
from app.exceptions import NotAllowed
from app.export import queries
from app.export.models import KIND
from app.jobs import services
from app.jobs.queries import job_of
from app.web.rate_limits import limited
from app.web.streams import streamed

bp = Blueprint("export", __name__, url_prefix="/settings/export")


@bp.get("")
@login_required
def index() -> ResponseReturnValue:
    job, archive = job_of(current_user.id, KIND), queries.archive_of(current_user.id)
    return render_template("export/index.html", job=job, archive=archive)


@bp.post("")
@login_required
@limited("10 per hour")
def start() -> ResponseReturnValue:
    from app.jobs.job_queue import enqueue  # loads Huey

    # A second click leads to the export that is in progress.
    with contextlib.suppress(NotAllowed):
        job = services.start(current_user.id, KIND)
        db.session.commit()
        enqueue(job, str(get_locale()))
    return redirect(url_for("export.index"))


@bp.get("/progress")
@login_required
def progress() -> ResponseReturnValue:
    """Return `{"progress": percent, "under_way": bool}`; 404 if the user never started an export."""
    job = job_of(current_user.id, KIND) or abort(404)
    return {"progress": job.progress, "under_way": job.is_under_way}


@bp.get("/archive.zip")
@login_required
def download() -> ResponseReturnValue:
    archive = queries.archive_of(current_user.id) or abort(404)
    headers = {
        "Content-Length": str(archive.size),
        "Content-Disposition": f'attachment; filename="{queries.name_of(archive, current_user.username)}"',
    }
    return Response(streamed(queries.chunks(archive.id)), mimetype="application/zip", headers=headers)
