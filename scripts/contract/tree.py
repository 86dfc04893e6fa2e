"""The files of an image, from the engine's `export`: what they are, and who may write them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath

from ..images.tar_stream import Limits, Stream, read_entries
from .engine import Engine

# What the application consists of, at the top of its folder.
PARTS = ("app", "migrations", "boot.sh", "config.py", "microblog.py")
MAIN = ("microblog.py", "microblog.pyc")
LARGE = 1 << 24  # bytes


@dataclass(frozen=True)
class File:
    """A file or folder of an image."""

    path: str
    is_folder: bool
    mode: int
    uid: int
    gid: int


@dataclass(frozen=True)
class Identity:
    """The user that a container runs as."""

    uid: int
    groups: frozenset[int]

    def may_write(self, file: File) -> bool:
        """Returns whether this user may write to a file, or owns it and may thus allow that."""
        if self.uid in (0, file.uid):
            return True
        return bool(file.mode & (0o020 if file.gid in self.groups else 0o002))


@dataclass(frozen=True)
class Tree:
    """The files of an image by their path, and its tables of users and groups."""

    files: dict[str, File]
    passwd: str = ""
    group: str = ""

    def application(self, working_directory: str) -> str | None:
        """Returns the folder that holds the application: the working directory, or the first one that does."""
        folders = [path.removesuffix("app") for path in self.files if path.endswith("/app")]
        # Looked up, since an image may have a folder app in each of very many.
        holding = [folder.rstrip("/") or "/" for folder in folders if any(folder + name in self.files for name in MAIN)]
        wanted = str(PurePosixPath("/", working_directory))
        return wanted if wanted in holding else min(holding, key=len, default=None)

    def within(self, folder: str, depth: int | None = None) -> dict[str, File]:
        """Returns the files inside a folder, at most so many folders deep."""
        start = folder.rstrip("/") + "/"
        return {
            path: file
            for path, file in self.files.items()
            if path.startswith(start) and (depth is None or path[len(start) :].count("/") < depth)
        }

    def identity(self, user: str, group: str) -> Identity:
        """Returns the numbers of a user and a group, given as numbers or names, with the user's further groups."""
        users, groups = _table(self.passwd), _table(self.group)
        entry = next((entry for entry in users if user in (entry[0], entry[2])), None)
        uid = int(user) if user.isdigit() else int(entry[2]) if entry else -1
        gid = int(group) if group.isdigit() else next((int(line[2]) for line in groups if line[0] == group), -1)
        further = {int(line[2]) for line in groups if entry and entry[0] in line[3].split(",")}
        return Identity(uid, frozenset({gid, *further}))


def _table(text: str) -> list[list[str]]:
    """Returns the lines of /etc/passwd or /etc/group that have a number, in fields."""
    lines = (line.split(":") for line in text.splitlines())
    return [line for line in lines if len(line) > 3 and line[2].isdigit()]


Look = Callable[[str, bytes], None]


def read_tree(engine: Engine, container: str, look: Look | None = None) -> Tree:
    """Returns the files of a container; `look` gets the path and the content of each that is not large."""
    files: dict[str, File] = {}
    tables = {"/etc/passwd": "", "/etc/group": ""}
    with engine.stream("export", container) as output:
        stream = Stream(output, "the export")
        for entry in read_entries(stream, Limits()):
            path = f"/{entry.path}"
            if entry.kind != "symlink":
                files[path] = File(path, entry.kind == "directory", entry.mode, entry.uid, entry.gid)
            if entry.kind == "file" and entry.size <= LARGE and (look or path in tables):
                content = stream.read(entry.size)
                if path in tables:
                    tables[path] = content.decode("utf-8", "replace")
                if look:
                    look(path, content)
    return Tree(files, tables["/etc/passwd"], tables["/etc/group"])


def read_folder(engine: Engine, container: str, folder: str, look: Look) -> None:
    """Reads a folder of a container that `export` leaves out: a volume."""
    with engine.stream("cp", f"{container}:{folder}", "-") as output:
        stream = Stream(output, folder)
        for entry in read_entries(stream, Limits()):
            if entry.kind == "file" and entry.size <= LARGE:
                # The names start with that of the folder itself.
                look(f"{folder.rpartition('/')[0]}/{entry.path}", stream.read(entry.size))
