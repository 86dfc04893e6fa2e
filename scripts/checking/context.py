"""The build context of a submission: the files that the exercise starts from, with the student's own."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from .exercise import Exercise
from .submission import RefusedError, Submission

# What people keep beside their code. No point depends on their content, so the build cache serves every submission.
CANARIES = {
    path: f"canary-of-the-exercise-{number}" for number, path in enumerate((".env", ".git/config", "id_rsa"), 1)
}


def lay_context(target: Path, source: Path, start: list[str], exercise: Exercise, submission: Submission) -> None:
    """Fills the folder `target`: the paths `start` of the folder `source`, then the files of the submission.

    Files that the exercise gives are always those of this tree. No file has an execute bit, as in a ZIP.
    """
    for path in start:
        if (source / path).is_dir():
            shutil.copytree(source / path, target / path, ignore=shutil.ignore_patterns("__pycache__", "*.mo", ".env"))
        else:
            shutil.copyfile(source / path, target / path)
    try:
        _write(target, "Dockerfile", submission.dockerfile)
        for path, content in submission.files.items():
            if not any(path == given or path.startswith(f"{given}/") for given in exercise.given):
                _write(target, path, content)
        for path, word in CANARIES.items() if exercise.canaries else ():
            _write(target, path, f"MICROBLOG_NOTE={word}\n".encode())
    except (OSError, ValueError) as error:
        raise RefusedError("refused-unreadable", str(error)) from error
    for folder, _, names in os.walk(target):
        Path(folder).chmod(0o755)
        for name in names:
            Path(folder, name).chmod(0o644)


def _write(target: Path, path: str, content: bytes) -> None:
    file = target / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
