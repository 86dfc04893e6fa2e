"""Reads the lessons, so that tests can try what they tell people to type."""

import re
from dataclasses import dataclass
from pathlib import Path

from engine import ROOT

LANGUAGES = ("README.md", "README.fr.md")


@dataclass(frozen=True)
class Block:
    """A fenced block: its `language` (sh, dockerfile, text, …), what stands beside it (`mark`), its `text`."""

    language: str
    mark: str
    text: str


def stages() -> list[str]:
    """The folders that are stages, by name."""
    return sorted(file.parent.name for file in (ROOT / "docker").glob("*/Dockerfile"))


def lesson(stage, language="README.md") -> Path:
    """The file of a stage's lesson."""
    return ROOT / "docker" / stage / language


def blocks(file) -> list[Block]:
    """The fenced blocks of a lesson, in order; inside a quotation too."""
    text = re.sub(r"^> ?", "", Path(file).read_text(), flags=re.MULTILINE)
    found = re.findall(r"^ *```(\w+) ?([^\n]*)\n(.*?)^ *```$", text, re.MULTILINE | re.DOTALL)
    return [Block(language, mark, body) for language, mark, body in found]


def commands(file) -> list[str]:
    """The lines that a lesson tells people to type, comments left out."""
    lines = "".join(block.text for block in blocks(file) if block.language == "sh").splitlines()
    return [line for line in lines if line.strip() and not line.startswith("#")]


def moves(file) -> list[int]:
    """The course's moves that a lesson has a heading for, in its order."""
    headings = re.findall(r"^## (?:Move|Manipulation) (\d+)\b", Path(file).read_text(), re.MULTILINE)
    return [int(number) for number in headings]
