"""The texts of reports in each language: words.toml."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Protocol

from ..images.tar_stream import printable
from .verdict import Seen

FILE = Path(__file__).with_name("words.toml")


class Announce(Protocol):
    """Tells what starts: the name of a text, and the values that it takes."""

    def __call__(self, name: str, /, **values: object) -> None: ...


def say_nothing(_name: str, /, **_values: object) -> None:
    """Tells nothing."""


@cache
def _texts() -> dict[str, dict[str, str]]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def word(name: str, language: str, /, **values: object) -> str:
    """Returns a text with its values, of which one may be called "name"."""
    return _texts()[name][language].format_map({key: str(value) for key, value in values.items()})


def told(seen: Seen, language: str) -> str:
    """Returns what was seen as a sentence, without what a terminal would obey: values may come from a submission."""
    return word(seen.text, language, **{key: printable(value) for key, value in seen.values.items()})


def hint_of(seen: Seen, language: str) -> str:
    """Returns the hint that words.toml has for what was seen; empty where that of the point is the right one."""
    return _texts().get(f"{seen.text}-hint", {}).get(language, "")
