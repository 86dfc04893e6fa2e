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
    """Answer 200 if this replica can serve; 503 if the database doesn't answer or its schema is not current.

    The body is `{"status": "ok" | "database unavailable" | "schema not current"}`.
    """
    try:
        current = schema_is_current()
    except SQLAlchemyError:
        return {"status": "database unavailable"}, 503
    return ({"status": "ok"}, 200) if current else ({"status": "schema not current"}, 503)


def schema_is_current() -> bool:
    """Return whether the database is at the newest revision. Raises SQLAlchemyError if it doesn't answer."""
    with db.engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        try:
            revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
        except DBAPIError:  # no such table: no migration has run
            return False
    return revision == newest_revision(Path(current_app.root_path).parent / "migrations")


@functools.cache
def newest_revision(migrations: Path) -> str | None:
    """Return the revision that the code expects: the head of `migrations`.

    Parses the files: importing Alembic would take longer than the rest of a start without migrations.
    """
    revisions, parents = read_revisions(migrations)
    return max(revisions - parents, default=None)


def read_revisions(migrations: Path) -> tuple[set[str], set[str]]:
    """Return the revisions in `migrations`, and the parents that they name."""
    revisions: set[str] = set()
    parents: set[str] = set()
    for file in (migrations / "versions").glob("*.py"):
        for down, revision in REVISION.findall(file.read_text(encoding="utf-8")):
            (parents if down else revisions).add(revision)
    return revisions, parents
