"""Liveness and readiness probes, in the terms of Kubernetes."""

import functools
import re
from pathlib import Path

from flask import Blueprint, Flask, current_app
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from app.database import db

bp = Blueprint("health", __name__, url_prefix="/health")

# The identifiers that Alembic writes at the top of a migration.
REVISION = re.compile(r"""^(down_)?revision\b[^=]*=\s*["'](\w+)["']""", re.MULTILINE)


def init_app(app: Flask) -> None:
    """Register the probes."""
    app.register_blueprint(bp)


@bp.get("", strict_slashes=False)
@bp.get("/live")
def live() -> ResponseReturnValue:
    """Answer 200 `{"status": "ok"}` while this process works.

    It doesn't check the database, so that an orchestrator doesn't kill every replica during an outage.
    """
    return {"status": "ok"}


@bp.get("/ready")
def ready() -> ResponseReturnValue:
    """Answer 200 if this replica can serve; 503 if the database doesn't answer or its schema is outdated.

    A newer schema is fine: during a rolling update, the old replicas serve on it until the new ones are ready. The
    body is `{"status": "ok" | "database unavailable" | "schema outdated"}`.
    """
    try:
        revision = _revision()
    except SQLAlchemyError:
        return {"status": "database unavailable"}, 503
    if revision is None or revision in _former_revisions(_migrations()):
        return {"status": "schema outdated"}, 503
    return {"status": "ok"}


def schema_is_current() -> bool:
    """Return whether the database is at the newest revision. Raises SQLAlchemyError if it doesn't answer."""
    return _revision() == newest_revision(_migrations())


def _revision() -> str | None:
    """Return the revision of the database, or None before the first migration."""
    with db.engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        try:
            revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
        except DBAPIError:  # no such table
            return None
    return revision


def _migrations() -> Path:
    return Path(current_app.root_path).parent / "migrations"


@functools.cache
def newest_revision(migrations: Path) -> str | None:
    """Return the revision that the code expects: the head of `migrations`.

    Parses the files: importing Alembic would take longer than the rest of a start without migrations.
    """
    revisions, parents = read_revisions(migrations)
    return max(revisions - parents, default=None)


@functools.cache
def _former_revisions(migrations: Path) -> set[str]:
    return read_revisions(migrations)[1]


def read_revisions(migrations: Path) -> tuple[set[str], set[str]]:
    """Return the revisions in `migrations`, and the parents that they name."""
    revisions: set[str] = set()
    parents: set[str] = set()
    for file in (migrations / "versions").glob("*.py"):
        for down, revision in REVISION.findall(file.read_text(encoding="utf-8")):
            (parents if down else revisions).add(revision)
    return revisions, parents
