"""Copies of an SQLite database, made and put back while others use it (https://sqlite.org/backup.html)."""

import contextlib
import os
import sqlite3
import tempfile
import time
from pathlib import Path

from app.ops.health import read_revisions

BUSY_SECONDS = 5.0  # how long a statement waits for another process' write


class BackupError(Exception):
    """The copy can't be made or put back; the message is one line."""


def backup(database: Path, file: Path, force: bool = False) -> None:
    """Write `database`, as it is at one moment, to `file`, which is whole or not there.

    Raises BackupError where `file` exists (unless `force`) or is the database, OSError where it can't be written.
    """
    if not database.exists():
        raise BackupError(f"{database} is not there; is DATABASE_URL or DATA_DIR right?")
    _refuse_itself(database, file)
    if file.exists() and not force:
        raise BackupError(f"{file} exists; give another name, or --force to replace it")
    with tempfile.TemporaryDirectory(dir=file.parent, prefix=f".{file.name}-") as folder:  # mode 0700
        copy = Path(folder, "copy")
        copy.touch(0o600)  # it holds addresses and messages
        with _opened(database, "rw") as source, _opened(copy, "rw") as target:
            _copy(source, target, database)
            target.execute("PRAGMA journal_mode=DELETE")  # one file, which can be read where nothing can be written
        with copy.open("rb") as written:
            os.fsync(written.fileno())
        if force:
            copy.replace(file)
            return
        try:
            os.link(copy, file)  # fails, as a rename would not, where somebody was quicker
        except FileExistsError as error:
            raise BackupError(f"{file} exists; give another name, or --force to replace it") from error


def restore(database: Path, file: Path, migrations: Path) -> None:
    """Put what `file` holds into `database`, in one transaction: until its commit the old content stays.

    Raises BackupError where `file` is no whole database of ours, or of a revision that `migrations` doesn't know, and
    where another process holds the write lock for longer than BUSY_SECONDS.
    """
    if not file.is_file():
        raise BackupError(f"{file} is no file")
    _refuse_itself(database, file)
    with _opened(file, "ro") as source:
        revision = _revision(source, file)
        known, _earlier = read_revisions(migrations)
        if revision not in known:
            raise BackupError(f"{file} is at revision {revision}, which this version doesn't know; use a newer one")
        with _opened(database, "rwc") as target:
            _copy(source, target, database)


def _copy(source, target, database):
    """Copy all pages in one step. Python's `backup` would wait for a lock without end."""
    end = time.monotonic() + BUSY_SECONDS

    def look(status, _remaining, _total):
        if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) and time.monotonic() >= end:
            raise BackupError(
                f"{database} is locked by another process, which did not let go within {BUSY_SECONDS:g} s"
            )

    source.backup(target, progress=look)


def _refuse_itself(database, file):
    if file.exists() and database.exists() and file.samefile(database):
        raise BackupError(f"{file} is the database itself; give another file")


@contextlib.contextmanager
def _opened(path, mode):
    try:
        with contextlib.closing(
            sqlite3.connect(f"{path.absolute().as_uri()}?mode={mode}", uri=True, timeout=BUSY_SECONDS)
        ) as connection:
            yield connection
    except sqlite3.Error as error:
        raise BackupError(f"{path} can't be used: {error}") from error


def _revision(source, file):
    try:
        row = source.execute("SELECT version_num FROM alembic_version").fetchone()
        source.execute("SELECT 1 FROM user LIMIT 1")
        whole = source.execute("PRAGMA quick_check(1)").fetchone() == ("ok",)
    except sqlite3.Error as error:
        raise BackupError(f"{file} is no database of Microblog ({error})") from error
    if row is None:
        raise BackupError(f"{file} is no database of Microblog (it has no revision)")
    if not whole:
        raise BackupError(f"{file} is damaged; take another backup")
    return row[0]
