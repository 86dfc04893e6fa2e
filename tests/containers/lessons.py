"""Reads the lessons: their code blocks, commands and headings."""

import re
from dataclasses import dataclass
from pathlib import Path

from engine import ROOT

LANGUAGES = ("README.md", "README.fr.md")


@dataclass(frozen=True)
class Block:
    """A fenced code block; `mark` is what follows the language, such as "fails" (walk.py lists them)."""

    language: str
    mark: str
    text: str


def stages() -> list[str]:
    """Returns the names of the stages."""
    return sorted(file.parent.name for file in (ROOT / "docker").glob("*/Dockerfile"))


def app_stages() -> list[str]:
    """Returns the names of the stages that contain the application."""
    declarations = {name: (ROOT / "docker" / name / "stage.conf").read_text() for name in stages()}
    return [name for name, text in declarations.items() if "application=no" not in text.splitlines()]


def lesson(stage, language="README.md") -> Path:
    """Returns the path of a stage's lesson."""
    return ROOT / "docker" / stage / language


def pages_to_walk() -> dict[str, Path]:
    """Returns the pages whose commands a student types: the lessons and two of docs/, by names like "gunicorn-en"."""
    return {
        f"{name}-{language}": page
        for language, ending in (("en", ".md"), ("fr", ".fr.md"))
        for name, page in [
            *((stage, lesson(stage, f"README{ending}")) for stage in stages()),
            *((page, ROOT / f"docs/{page}{ending}") for page in ("compose", "old-lab")),
        ]
    }


def blocks(file) -> list[Block]:
    """Returns the code blocks of a lesson in order, also those inside quotations."""
    text = re.sub(r"^> ?", "", Path(file).read_text(), flags=re.MULTILINE)
    found = re.findall(r"^ *```(\w+) ?([^\n]*)\n(.*?)^ *```$", text, re.MULTILINE | re.DOTALL)
    return [Block(language, mark, body) for language, mark, body in found]


def commands(file) -> list[str]:
    """Returns the command lines of a lesson, without comments."""
    lines = "".join(block.text for block in blocks(file) if block.language == "sh").splitlines()
    return [line for line in lines if line.strip() and not line.startswith("#")]


def exercises(file) -> list[str]:
    """Returns the headings of a lesson's exercises: the number, the moves of the course, the title."""
    return re.findall(r"^## Exerci[sc]e (.*)$", Path(file).read_text(), re.MULTILINE)


def moves(file) -> list[int]:
    """Returns the numbers of the course's moves in the headings of a lesson's exercises, in order."""
    named = re.findall(r"(?:move|manipulation)s? ([\d, andet]+)\)", "\n".join(exercises(file)))
    return [int(number) for numbers in named for number in re.findall(r"\d+", numbers)]
