"""What an image offers to an attacker, read from its files: a shell, packages, files to write, setuid files."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .archive import Image
from .filesystem import Stack
from .tar_stream import Entry

SHELLS = {"sh", "bash", "dash", "ash", "ksh", "zsh", "busybox"}
FOLDERS = {"bin", "sbin", "usr/bin", "usr/sbin", "usr/local/bin", "usr/local/sbin"}
SHARED = {"tmp", "var/tmp", "run/lock", "dev/shm"}  # directories that every image lets everyone write


@dataclass(frozen=True)
class User:
    """Who the image's processes run as; `uid` is None for a name that the image does not have."""

    name: str
    uid: int | None
    groups: frozenset[int]


def find_user(image: Image) -> User:
    """Returns the user that the configuration names, with the numbers in the image's own files."""
    name, _, group = image.config["config"]["User"].text.partition(":")
    name = name or "root"
    uid: int | None = int(name) if _is_number(name) else None
    groups = {int(group)} if _is_number(group) else set()
    for fields in _lines(image, "etc/passwd"):
        if len(fields) > 3 and name in (fields[0], fields[2]) and _is_number(fields[2]) and _is_number(fields[3]):
            uid = int(fields[2])
            groups |= set() if group else {int(fields[3])}
            break
    for fields in _lines(image, "etc/group"):
        member = len(fields) > 3 and name in fields[3].split(",")
        if len(fields) > 2 and _is_number(fields[2]) and (member or fields[0] == group):
            groups.add(int(fields[2]))
    return User(name, 0 if name == "root" else uid, frozenset(groups or {0}))


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 11


def _lines(image: Image, path: str) -> list[list[str]]:
    return [line.split(":") for line in content(image, path).splitlines()[:10_000]]


def content(image: Image, path: str) -> str:
    """Returns the content of one of the files that are kept, from the highest layer that has it."""
    return next((layer.contents[path] for layer in reversed(image.layers) if path in layer.contents), "")


def find_shells(stack: Stack) -> list[str]:
    """Returns the shells that the image holds."""
    found = set()
    for path, _, _ in stack.files():
        folder, _, name = path.rpartition("/")
        if name in SHELLS and folder in FOLDERS:
            found.add(name)
    return sorted(found)


def count_packages(image: Image, stack: Stack) -> dict[str, int]:
    """Returns the number of packages of each kind: "system" (Debian's or Alpine's) and "python"."""
    paths = {path for path, _, _ in stack.files()}
    system = python = 0
    if "var/lib/dpkg/status" in paths:
        system += len(re.findall(r"^Status: .* installed$", content(image, "var/lib/dpkg/status"), re.MULTILINE))
    if "lib/apk/db/installed" in paths:
        system += len(re.findall(r"^P:", content(image, "lib/apk/db/installed"), re.MULTILINE))
    for path in paths:
        # Distroless images have a file per package.
        system += path.startswith("var/lib/dpkg/status.d/") and not path.endswith(".md5sums")
        python += path.endswith(".dist-info/METADATA") and "/_vendor/" not in path
    return {"system": system, "python": python}


def find_writable(stack: Stack, user: User) -> Iterator[str]:
    """Yields the files and directories that the user may write; root may write all of them.

    Only what the mode of each path says, not whether the user reaches it. Directories for everybody's temporary files
    do not count.
    """
    for path, entry, _ in stack.files():
        if entry.kind in ("file", "link", "directory") and path not in SHARED and _may_write(entry, user):
            yield path


def _may_write(entry: Entry, user: User) -> bool:
    if user.uid == 0:
        return True
    if entry.uid == user.uid:
        return bool(entry.mode & 0o200)
    return bool(entry.mode & (0o020 if entry.gid in user.groups else 0o002))


def find_setuid(stack: Stack) -> list[str]:
    """Returns the files that run as their owner or group, whoever starts them."""
    return [path for path, entry, _ in stack.files() if entry.mode & 0o6000 and entry.kind in ("file", "link")]
