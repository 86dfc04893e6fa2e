"""Reads what a student handed in: a Dockerfile, or a folder that holds one. Its names and contents are not trusted."""

from __future__ import annotations

import hashlib
import itertools
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from ..images.tar_stream import printable

LARGEST_DOCKERFILE = 256 << 10  # bytes
LARGEST_FILE = 4 << 20
LARGEST_FOLDER = 16 << 20
FILES = 2_000
DEPTH = 12
LEFT_OUT = {".git", ".venv", "venv", "__pycache__", "node_modules", ".idea", ".vscode", ".DS_Store", "instance"}


class RefusedError(Exception):
    """A submission can't be read; `why` names a text, `detail` completes it."""

    def __init__(self, why: str, detail: str = "") -> None:
        super().__init__(why)
        self.why, self.detail = why, detail


@dataclass(frozen=True)
class Submission:
    """The files of a student, by their path; `dockerfile` is the content of the Dockerfile."""

    dockerfile: bytes
    files: dict[str, bytes] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """The SHA-256 of all files, without the name of the student."""
        sha = hashlib.sha256(self.dockerfile)
        for path, content in sorted(self.files.items()):
            sha.update(os.fsencode(f"\0{path}\0{len(content)}\0") + content)
        return sha.hexdigest()


def read_submission(path: Path, *, with_folder: bool = True) -> Submission:
    """Returns a submission; a Dockerfile comes with the files of its folder if `with_folder`. Raises RefusedError."""
    kind = _kind(path)
    if kind not in ("folder", "file"):
        raise RefusedError(f"refused-{kind}")
    try:
        if kind == "folder":
            return _with_files(path, _find_dockerfile(path))
        return _with_files(path.parent, path) if with_folder else Submission(_read(path, LARGEST_DOCKERFILE))
    except OSError as error:
        raise RefusedError("refused-unreadable", str(error)) from error


def is_in_lesson(dockerfile: Path, lessons: Path) -> bool:
    """Returns whether a Dockerfile is in a working folder that `make lesson` made, so that the rest is the student's.

    Another folder may hold anything, such as all downloads or the submissions of other students.
    """
    folder, lessons = dockerfile.parent.resolve(), lessons.resolve()
    return folder != lessons and folder.is_relative_to(lessons)


def list_submissions(folder: Path) -> list[tuple[str, Path]]:
    """Returns the students of a class, by name: each folder and each Dockerfile is one."""
    found = []
    for entry in os.scandir(folder):
        if not entry.name.startswith("."):
            name = entry.name
            if not entry.is_dir(follow_symlinks=False):
                name = re.sub(r"(?i)(^dockerfile[._-]+|[._ -]*dockerfile(\.txt)?$)", "", name) or name
            found.append((printable(name), Path(entry.path)))
    return sorted(found, key=lambda pair: (pair[0].casefold(), pair[1]))


def _kind(path: Path) -> str:
    try:
        mode = path.lstat().st_mode
    except OSError:
        return "missing"
    if stat.S_ISLNK(mode):
        return "link"
    return "folder" if stat.S_ISDIR(mode) else "file" if stat.S_ISREG(mode) else "special"


def _find_dockerfile(folder: Path) -> Path:
    """Returns the Dockerfile of a folder: the one so called, else the only one with this word in its name."""
    names = sorted(entry.name for entry in os.scandir(folder) if "dockerfile" in entry.name.lower())
    names = [name for name in names if not name.endswith((".dockerignore", "~", ".bak"))]
    for wanted in ("Dockerfile", "dockerfile", "Dockerfile.txt"):
        if wanted in names:
            return folder / wanted
    if len(names) != 1:
        raise RefusedError("refused-several" if names else "refused-none", ", ".join(names[:4]))
    return folder / names[0]


def _with_files(folder: Path, dockerfile: Path) -> Submission:
    content, total = _read(dockerfile, LARGEST_DOCKERFILE), 0
    files: dict[str, bytes] = {}
    for path, entry in _walk(folder, "", 0):
        if entry.path == str(dockerfile):
            continue
        files[path] = _read(Path(entry.path), LARGEST_FILE)
        total += len(files[path])
        if len(files) > FILES or total > LARGEST_FOLDER:
            raise RefusedError("refused-large", f"{FILES}, {LARGEST_FOLDER >> 20} MB")
    return Submission(content, files)


def _walk(folder: Path, prefix: str, depth: int) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Yields the regular files below a folder; links and special files are left out, as an archive may hold any."""
    if depth > DEPTH:
        raise RefusedError("refused-deep", str(DEPTH))
    with os.scandir(folder) as scanned:
        entries = list(itertools.islice(scanned, FILES + 1))
    if len(entries) > FILES:
        raise RefusedError("refused-large", f"{FILES}")
    for entry in sorted(entries, key=lambda entry: entry.name):
        if entry.name in LEFT_OUT:
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(Path(entry.path), f"{prefix}{entry.name}/", depth + 1)
        elif entry.is_file(follow_symlinks=False):
            yield prefix + entry.name, entry


def _read(path: Path, largest: int) -> bytes:
    """Returns the content of a regular file; raises RefusedError, also for a link or a device."""
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        file = os.open(path, flags)
    except OSError as error:
        raise RefusedError("refused-link" if path.is_symlink() else "refused-unreadable", path.name) from error
    with os.fdopen(file, "rb") as opened:
        if not stat.S_ISREG(os.fstat(opened.fileno()).st_mode):
            raise RefusedError("refused-special", path.name)
        content = opened.read(largest + 1)
    if len(content) > largest:
        raise RefusedError("refused-file", f"{path.name} ({largest >> 10} kB)")
    return content
