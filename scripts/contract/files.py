"""The points of what the image holds: code that its user can't write, and nothing that does not belong there."""

from __future__ import annotations

import re
from collections.abc import Container

from .tree import PARTS
from .trial import Trial
from .verdict import Failed, NotJudged

# Beside the application: its lock file, packages, and what useradd or an editor-free build leaves in a home folder.
BESIDE = re.compile(
    r"requirements\.txt|instance|\.?venv|__pycache__|\.cache|\.local|\.bash_logout|\.bashrc|\.profile|LICENSE|[\w.-]+\.pyc"
)
# In app/ and migrations/: what editors, tests and people leave there. Bytecode and compiled catalogues belong.
STRAY = re.compile(
    r"\..*|tests?|.*\.(?:log|db(?:-\w+)?|sqlite3?|sql|pem|key|p12|pfx|bak|orig|rej|tmp|sw[a-z])|id_(?:rsa|ed25519|ecdsa).*"
    r"|.*~|#.*|Dockerfile.*"
)
PACKAGES = re.compile(r"/(?:site|dist)-packages/")


def shown(paths: list[str], folder: str) -> str:
    """Returns the first paths of a list, relative to a folder, and how many there are."""
    short = [path.removeprefix(folder.rstrip("/") + "/") or "./" for path in sorted(paths)]
    return ", ".join(short[:4]) + (f" and {len(short) - 4} more" if len(short) > 4 else "")


def check_code(trial: Trial) -> str:
    """The user may write no file or folder of the application or its packages, and none of the folders around it."""
    identities = [identity for identity, _ in trial.identities]
    if any(identity.uid == 0 for identity in identities):
        raise NotJudged("root may write every file: see the point 'user'")
    folder, (writable, count) = trial.folder, find_writable(trial)
    if writable:
        raise Failed(f"user {identities[0].uid} may write {shown(writable, folder)} in {folder}")
    return f"user {identities[0].uid} may write none of {count} files and folders in {folder} and of its packages"


def find_writable(trial: Trial) -> tuple[list[str], int]:
    """Returns the code that the users of the server may write, folders with a slash, and how much code there is."""
    folder, data = trial.folder, _data_folders(trial)
    files = [file for file in trial.tree.files.values() if _is_code(file.path, folder) and not _is_in(file.path, data)]
    users = {identity for identity, _ in trial.identities}
    writable = [file for file in files if any(user.may_write(file) for user in users)]
    return [file.path + "/" * file.is_folder for file in writable], len(files)


def _data_folders(trial: Trial) -> set[str]:
    folders = [*trial.volumes, trial.data_folder or f"{trial.folder.rstrip('/')}/instance"]
    return {folder.rstrip("/") or "/" for folder in folders}


def _is_in(path: str, folders: Container[str]) -> bool:
    """Returns whether a path is one of the folders or in one; looks it up, since an image may have many volumes."""
    while path and path not in folders:
        path = path.rpartition("/")[0]
    return bool(path) or "/" in folders


def _is_code(path: str, folder: str) -> bool:
    """Returns whether a path is in the application's folder or around it, or of a Python package."""
    if folder == "/":
        return _is_in(path, [f"/{part}" for part in PARTS]) or bool(PACKAGES.search(path))
    return _is_in(path, [folder]) or folder.startswith(path.rstrip("/") + "/") or bool(PACKAGES.search(path))


def check_contents(trial: Trial) -> str:
    """The application's folder holds the application, and nothing else of the checkout."""
    folder, tree = trial.folder, trial.tree
    if folder == "/":
        raise Failed("the application is in /, among the files of the system")
    names = {path.rpartition("/")[2] for path in tree.within(folder, depth=1)}
    missing = [part for part in PARTS if part not in names and not (part.endswith(".py") and part + "c" in names)]
    if missing:
        raise Failed(f"{folder} lacks {', '.join(missing)}")
    data = [path.rpartition("/")[2] for path in _data_folders(trial)]
    names -= _left_by_builder(trial, folder)
    strange = [f"{folder}/{name}" for name in names if name not in (*PARTS, *data) and not BESIDE.fullmatch(name)]
    for part in ("app", "migrations"):
        strange += [path for path in tree.within(f"{folder}/{part}") if STRAY.fullmatch(path.rpartition("/")[2])]
    if strange:
        raise Failed(f"{folder} also holds {shown(strange, folder)}")
    return f"{folder} holds the application and nothing else"


def _left_by_builder(trial: Trial, folder: str) -> set[str]:
    """Returns the name of the folder of the Dockerfile, if it is there without a file; otherwise nothing.

    The legacy builder sends the Dockerfile, and leaves its folder in the context, even if .dockerignore excludes it.
    """
    if not trial.source:
        return set()
    dockerfile, context = trial.source.dockerfile.resolve(), trial.source.context.resolve()
    if not dockerfile.is_relative_to(context):
        return set()
    way = [f"{folder}/{path}" for path in dockerfile.relative_to(context).parents[:-1]]
    if not way or not set(trial.tree.within(way[-1])) <= set(way):
        return set()
    return {way[-1].rpartition("/")[2]}
