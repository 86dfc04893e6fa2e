"""Copies a checkout, to build from a copy that may be changed."""

import os
import shutil
import subprocess
from pathlib import Path

# Left out where git does not list the files: at the top what running the project creates, and secrets; caches anywhere.
LEFT_OUT = {".git", ".venv", ".venv-bench", ".venv-host", "venv", "build", "instance", ".env"}
CACHES = {"__pycache__", "node_modules"}


def copy_checkout(source: Path, target: Path) -> None:
    """Copies what git tracks or would add; without git, all but what is left out. Symbolic links stay links."""
    command = ["git", "-C", str(source), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, capture_output=True, check=False)  # noqa: S603
    if listed.returncode:

        def left_out(folder: str, _names: list[str]) -> set[str]:
            return CACHES | LEFT_OUT if Path(folder) == source else CACHES

        shutil.copytree(source, target, symlinks=True, ignore=left_out, dirs_exist_ok=True)
        return
    for name in filter(None, os.fsdecode(listed.stdout).split("\0")):
        if (source / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source / name, target / name, follow_symlinks=False)
