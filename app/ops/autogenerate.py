"""Configure how `flask db migrate` writes migrations."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

from alembic.autogenerate.api import AutogenContext
from flask import current_app

from app.database import UTCDateTime
from app.ops.startup import EX_CANTCREAT, fail


def is_modelled(name: str | None, kind: str, _parents: dict[str, Any]) -> bool:
    """Return whether Alembic compares this object of the database with the models.

    It skips the full-text indexes of search (FTS5 tables, FULLTEXT indexes), which have no model.
    """
    return kind not in ("table", "index") or name is None or "_search_index" not in name


def render(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """Return the code of a type of ours, or False for Alembic's own: a migration imports nothing of the application."""
    return "UTC_DATETIME" if kind == "type" and isinstance(item, UTCDateTime) else False


def require_checkout(_context: Any, _revision: Any, _directives: Iterable[Any]) -> None:
    """End the command with one line if the folder of migrations is read-only, as in a container of ENV=DEV."""
    folder = Path(current_app.extensions["migrate"].directory) / "versions"
    if not os.access(folder, os.W_OK):
        fail(EX_CANTCREAT, f"{folder} can't be written; run this in a checkout that you own: make shell ENGINE=local")
