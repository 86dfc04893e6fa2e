"""Probes for engines and orchestrators (the terms are Kubernetes')."""

import functools
from pathlib import Path

from flask import Blueprint, current_app
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app.database import db

bp = Blueprint("health", __name__, url_prefix="/health")


def init_app(app):
    """Add the probes."""
    app.register_blueprint(bp)


@bp.get("", strict_slashes=False)
@bp.get("/live")
def live():
    """This process answers: 200 `{"status": "ok"}`.

    Nothing outside it is asked: a database that is away must not make an orchestrator kill every replica.
    """
    return {"status": "ok"}


@bp.get("/ready")
def ready():
    """Whether this replica can serve: 200, or 503 when the database does not answer or its schema is not current.

    `{"status": "ok" | "database away" | "schema not current"}`
    """
    try:
        revision = db.session.scalar(text("SELECT version_num FROM alembic_version"))
    except SQLAlchemyError:
        db.session.rollback()
        return {"status": _away_or_empty()}, 503
    if revision != newest_revision(Path(current_app.root_path).parent / "migrations"):
        return {"status": "schema not current"}, 503
    return {"status": "ok"}


def _away_or_empty() -> str:
    try:
        db.session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return "database away"
    return "schema not current"


@functools.cache
def newest_revision(migrations: Path) -> str | None:
    """The revision that the code expects: the head of the scripts in `migrations`."""
    from alembic.script import ScriptDirectory  # 90 ms that only a probed replica pays

    return ScriptDirectory(str(migrations)).get_current_head()
