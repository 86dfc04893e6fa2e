"""Reads docker/STAGE/points.toml: the points of an exercise, their weights and their texts in each language."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LANGUAGES = ("en", "fr")
TEXTS = ("what", "why", "hint")


class ExerciseError(Exception):
    """points.toml does not describe an exercise; the message is one line."""


@dataclass(frozen=True)
class Point:
    """A point: the check that judges it with its options, the points that must hold before, its weight and its texts.

    `texts` holds by language: "what" must hold, "why" it matters, and a "hint".
    """

    name: str
    check: str
    needs: tuple[str, ...]
    weight: int
    texts: dict[str, dict[str, str]]
    options: dict[str, Any]


@dataclass(frozen=True)
class Exercise:
    """The exercise of a stage: its points in the order in which they are judged.

    `given` are the files that always come from this tree; with `canaries`, private files are planted in the context.
    """

    stage: str
    points: tuple[Point, ...]
    given: tuple[str, ...] = ()
    canaries: bool = False


def read_exercise(docker: Path, stage: str, checks: set[str]) -> Exercise:
    """Returns the exercise of a stage in the folder `docker`; raises ExerciseError."""
    document = _document(docker, stage)
    given, canaries = document.pop("given", []), document.pop("canaries", False)
    points: list[Point] = []
    for table in document.pop("point", []):
        point = _point(docker, stage, table)
        if unknown := [name for name in point.needs if name not in {earlier.name for earlier in points}]:
            raise ExerciseError(f"{_place(stage, point.name)} needs '{unknown[0]}', which is no point before it")
        if point.check not in checks:
            raise ExerciseError(
                f"{_place(stage, point.name)} has check='{point.check}'; it is one of: {' '.join(sorted(checks))}"
            )
        points.append(point)
    if document:
        raise ExerciseError(f"docker/{stage}/points.toml has the key '{next(iter(document))}', which means nothing")
    if not points:
        raise ExerciseError(f"docker/{stage}/points.toml has no [[point]]")
    if len({point.name for point in points}) < len(points):
        raise ExerciseError(f"docker/{stage}/points.toml has two points of one name")
    return Exercise(stage, tuple(points), tuple(given), canaries)


def list_exercises(docker: Path) -> list[str]:
    """Returns the stages that have an exercise."""
    return sorted(path.parent.name for path in docker.glob("*/points.toml"))


def _place(stage: str, name: str) -> str:
    return f"docker/{stage}/points.toml: the point '{name}'"


def _document(docker: Path, stage: str) -> dict[str, Any]:
    try:
        return tomllib.loads((docker / stage / "points.toml").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ExerciseError(f"docker/{stage}/points.toml can't be read: {error}") from error


def _point(docker: Path, stage: str, table: dict[str, Any]) -> Point:
    """Returns a point; `like` names a stage whose point of this name it repeats, but for the keys given here."""
    name = str(table.get("name", ""))
    if not re.fullmatch(r"[a-z][a-z-]*", name):
        raise ExerciseError(f"docker/{stage}/points.toml: '{name}' is not a name of a point: small letters and hyphens")
    if like := table.pop("like", ""):
        models = _document(docker, like).get("point", [])
        model = next((model for model in models if model.get("name") == name and "like" not in model), None)
        if model is None:
            raise ExerciseError(f"{_place(stage, name)} is like one of '{like}', which has none of its own")
        table = model | table
    texts = {language: table.pop(language, {}) for language in LANGUAGES}
    for language, parts in texts.items():
        if sorted(parts) != sorted(TEXTS) or not all(parts.values()):
            raise ExerciseError(f"{_place(stage, name)} needs [point.{language}] with {', '.join(TEXTS)}")
    weight = table.pop("weight", 1)
    if not isinstance(weight, int) or weight < 1:
        raise ExerciseError(f"{_place(stage, name)} has weight={weight}; give a number from 1")
    del table["name"]
    check, needs = table.pop("check", name), table.pop("needs", [])
    return Point(name, check, tuple(needs), weight, texts, table)
