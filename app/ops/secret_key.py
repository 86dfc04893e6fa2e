"""Generate the key that signs sessions if none is configured."""

import contextlib
import secrets
import tempfile
from pathlib import Path

from app.ops.files import publish
from app.settings import ConfigError
from app.settings.database_url import sqlite_path


def secret_key_beside(database_url: str) -> str:
    """Return the key in the file `secret_key` next to the SQLite database; create it (mode 0600) if it is missing.

    Sessions survive a restart, and all workers share the key. Raises ConfigError for a database server, since each
    replica would create a different key; OSError if the folder is not writable.
    """
    database = sqlite_path(database_url)
    if database is None:
        raise ConfigError(
            "SECRET_KEY is not set and the database is not an SQLite file; all replicas need the same key: "
            "set SECRET_KEY or SECRET_KEY_FILE"
        )
    path = database.with_name("secret_key")
    with contextlib.suppress(FileExistsError):
        _create(path, secrets.token_hex(32))
    return path.read_text(encoding="ascii").strip()


def _create(path: Path, key: str) -> None:
    """Write `path` atomically, for workers that start at the same time. Raises FileExistsError if it exists."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists():
        raise FileExistsError(path)
    # A random name, not the process ID: containers that share the folder often have equal ones. The mode is 0600.
    handle, temporary = tempfile.mkstemp(prefix=".secret_key.", dir=path.parent)
    try:
        with open(handle, "w", encoding="ascii") as file:
            file.write(key)
        publish(Path(temporary), path)  # fails if another process was faster
    finally:
        Path(temporary).unlink(missing_ok=True)
