"""Probes for engines and orchestrators (the terms are Kubernetes')."""

import functools
import re
from pathlib import Path

from flask import Blueprint, current_app
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from app.database import db

bp = Blueprint("health", __name__, url_prefix="/health")

# As Alembic writes them at the top of a migration.
REVISION = re.compile(r"""^(down_)?revision\b[^=]*=\s*["'](\w+)["']""", re.MULTILINE)


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
        current = schema_is_current()
    except SQLAlchemyError:
        return {"status": "database away"}, 503
    return ({"status": "ok"}, 200) if current else ({"status": "schema not current"}, 503)


def schema_is_current() -> bool:
    """Whether the database is at the newest revision. Raises SQLAlchemyError when it does not answer."""
    with db.engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        try:
            revision = connection.scalar(text("SELECT version_num FROM alembic_version"))
        except DBAPIError:  # no such table: nothing was migrated yet
            return False
    return revision == newest_revision(Path(current_app.root_path).parent / "migrations")


@functools.cache
def newest_revision(migrations: Path) -> str | None:
    """The revision that the code expects: the one in `migrations` that no other comes after.

    Read from the files, since Alembic takes longer to import than all that a replica with nothing to migrate has to do.
    """
    revisions, earlier = read_revisions(migrations)
    return max(revisions - earlier, default=None)


def read_revisions(migrations: Path) -> tuple[set[str], set[str]]:
    """The revisions that `migrations` holds, and those of them (or before them) that another comes after."""
    revisions, earlier = set(), set()
    for file in (migrations / "versions").glob("*.py"):
        for down, revision in REVISION.findall(file.read_text(encoding="utf-8")):
            (earlier if down else revisions).add(revision)
    return revisions, earlier
