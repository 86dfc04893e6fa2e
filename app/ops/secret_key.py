"""The key that signs sessions, where none is configured."""

import contextlib
import os
import secrets
import tempfile
from pathlib import Path

from config import ConfigError, sqlite_path


def secret_key_beside(database_url: str) -> str:
    """The key kept in `secret_key` beside an SQLite database; made (mode 0600) by the first who asks.

    Sessions so survive a restart and all workers share one key. Raises ConfigError for a database server, where
    replicas on other machines would each make their own, and OSError where the folder can't be written.
    """
    database = sqlite_path(database_url)
    if database is None:
        raise ConfigError(
            "SECRET_KEY is not set and the database is not an SQLite file; every replica needs the same one: "
            "set SECRET_KEY or SECRET_KEY_FILE"
        )
    path = database.with_name("secret_key")
    with contextlib.suppress(FileExistsError):
        _create(path, secrets.token_hex(32))
    return path.read_text(encoding="ascii").strip()


def _create(path: Path, key: str) -> None:
    """Write `path` whole or not at all: a worker that starts at the same moment must not read half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists():
        raise FileExistsError(path)
    # A name drawn at random (and mode 0600): in replicas that share the folder all processes have the same number.
    handle, temporary = tempfile.mkstemp(prefix=".secret_key.", dir=path.parent)
    try:
        with open(handle, "w", encoding="ascii") as file:
            file.write(key)
        os.link(temporary, path)  # fails when another was first
    finally:
        Path(temporary).unlink()
