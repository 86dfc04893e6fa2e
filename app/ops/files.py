"""Give a file its name unless the name is taken, on file systems with and without hard links."""

import contextlib
import fcntl
import os
from pathlib import Path


def publish(written: Path, path: Path) -> None:
    """Give the complete file `written` the name `path`, atomically; both are in one file system.

    The name `written` may remain. Raises FileExistsError if `path` exists by now, which a rename would replace; OSError
    if the folder can't be written.
    """
    try:
        os.link(written, path)
    except FileExistsError:
        raise
    except OSError:  # which one says so depends on the file system: FAT and SMB have no hard links
        _rename(written, path)


def _rename(written: Path, path: Path) -> None:
    """Rename it if `path` is free, while no other process of this application does the same in this folder."""
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):  # a few file systems have no locks either
            fcntl.flock(folder, fcntl.LOCK_EX)
        if path.exists():
            raise FileExistsError(path)
        written.replace(path)
    finally:
        os.close(folder)
