"""Back up and restore an SQLite database while it is in use (https://sqlite.org/backup.html)."""

import contextlib
import os
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from app.ops.files import publish
from app.ops.health import read_revisions

BUSY_SECONDS = 5.0  # how long to wait for another process' lock


class BackupError(Exception):
    """A backup or a restore failed; the message is one line."""


def backup(database: Path, file: Path, force: bool = False) -> None:
    """Write a consistent snapshot of `database` to `file`, atomically; `force` replaces an existing file.

    Raises BackupError if `database` is missing, or `file` exists or is the database; OSError if it can't be written.
    """
    if not database.exists():
        raise BackupError(f"{database} does not exist; check DATABASE_URL and DATA_DIR")
    _reject_same_file(database, file)
    if file.exists() and not force:
        raise BackupError(f"{file} already exists; choose another name, or replace it with --force")
    with tempfile.TemporaryDirectory(dir=file.parent, prefix=f".{file.name}-") as folder:  # mode 0700
        copy = Path(folder, "copy")
        copy.touch(0o600)  # it holds email addresses and private messages
        with _open(database, "rw") as source, _open(copy, "rw") as target:
            _copy(source, target, database)
            target.execute("PRAGMA journal_mode=DELETE")  # a single file, readable on read-only storage
        with copy.open("rb") as written:
            os.fsync(written.fileno())
        if force:
            copy.replace(file)
            return
        try:
            publish(copy, file)
        except FileExistsError as error:
            raise BackupError(f"{file} already exists; choose another name, or replace it with --force") from error


def restore(database: Path, file: Path, migrations: Path) -> None:
    """Replace the content of `database` by that of `file`, in one transaction.

    Raises BackupError if `file` is not an intact Microblog database, if its revision is not in `migrations`, or if
    another process holds the write lock for longer than BUSY_SECONDS.
    """
    if not file.is_file():
        raise BackupError(f"{file} does not exist or is not a regular file")
    _reject_same_file(database, file)
    with _open(file, "ro") as source:
        revision = _revision(source, file)
        known, _parents = read_revisions(migrations)
        if revision not in known:
            raise BackupError(f"{file} has the unknown revision {revision}; restore it with a newer version")
        with _open(database, "rwc") as target:
            _copy(source, target, database)


def _copy(source: sqlite3.Connection, target: sqlite3.Connection, database: Path) -> None:
    """Copy all pages in one step, with a timeout: Python's `backup` waits for a lock forever."""
    end = time.monotonic() + BUSY_SECONDS

    def check_time(status: int, _remaining: int, _total: int) -> None:
        if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) and time.monotonic() >= end:
            raise BackupError(
                f"{database} was locked by another process for more than {BUSY_SECONDS:g} s; try again later"
            )

    source.backup(target, progress=check_time)


def _reject_same_file(database: Path, file: Path) -> None:
    if file.exists() and database.exists() and file.samefile(database):
        raise BackupError(f"{file} is the database itself; choose another file")


@contextlib.contextmanager
def _open(path: Path, mode: str) -> Iterator[sqlite3.Connection]:
    try:
        with contextlib.closing(
            sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True, timeout=BUSY_SECONDS)
        ) as connection:
            yield connection
    except sqlite3.Error as error:
        raise BackupError(f"{path} can't be opened: {error}") from error


def _revision(source: sqlite3.Connection, file: Path) -> str:
    try:
        row: tuple[str] | None = source.execute("SELECT version_num FROM alembic_version").fetchone()
        source.execute("SELECT 1 FROM user LIMIT 1")
        intact = source.execute("PRAGMA quick_check(1)").fetchone() == ("ok",)
    except sqlite3.Error as error:
        raise BackupError(f"{file} is not a Microblog database ({error})") from error
    if row is None:
        raise BackupError(f"{file} is not a Microblog database (it has no revision)")
    if not intact:
        raise BackupError(f"{file} is damaged; use another backup")
    return row[0]
