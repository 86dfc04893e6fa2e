"""Configure how `flask db migrate` writes migrations."""

import os
from pathlib import Path
from typing import Any, Literal

import click
from alembic.autogenerate.api import AutogenContext
from alembic.operations.ops import MigrationScript
from flask import current_app

from app.database import UTCDateTime
from app.ops.startup import fail


def is_modelled(name: str | None, kind: str, _parents: dict[str, Any]) -> bool:
    """Return whether Alembic compares this object of the database with the models.

    It skips the full-text indexes of search (FTS5 tables, FULLTEXT indexes), which have no model.
    """
    return kind not in ("table", "index") or name is None or "_search_index" not in name


def render(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """Return the code of a type of ours, or False for Alembic's own: a migration imports nothing of the application."""
    return "UTC_DATETIME" if kind == "type" and isinstance(item, UTCDateTime) else False


def check(_context: Any, _revision: Any, directives: list[MigrationScript]) -> None:
    """End the command with one line if there is nothing to migrate, or no place for it.

    The folder of migrations is read-only in a container of ENV=DEV.
    """
    folder = Path(current_app.extensions["migrate"].directory) / "versions"
    if not os.access(folder, os.W_OK):
        fail(
            os.EX_CANTCREAT, f"{folder} can't be written; run this in a checkout that you own: make shell ENGINE=local"
        )
    is_compared = click.get_current_context().info_name == "migrate"  # `flask db revision` writes an empty one
    if is_compared and all(script.upgrade_ops is None or script.upgrade_ops.is_empty() for script in directives):
        fail(os.EX_USAGE, "the models have no change that the migrations lack; change the models first")
