"""The flags of an instruction as builders read them, and the images that they name."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator


def split_flags(value: str) -> list[str]:
    """Returns the words before the first that does not start with "--", without their quotes and backslashes."""
    flags: list[str] = []
    word, quote, position = "", "", 0
    while position < len(value):
        character = value[position]
        position += 1
        if character == "\\":
            word += value[position : position + 1]
            position += 1
        elif quote:
            quote = "" if character == quote else quote
            word += character if quote else ""
        elif character in "\"'":
            quote = character
        elif not character.isspace():
            word += character
        elif word:
            if not word.startswith("--"):
                return flags
            flags.append(word)
            word = ""
    return flags


def sources_of(instruction: str, value: str) -> list[str]:
    """Returns what `--from` of a COPY and `from=` of each `--mount` of a RUN name, also after ONBUILD."""
    if instruction == "ONBUILD":
        trigger, _, rest = value.partition(" ")
        return sources_of(trigger.upper(), rest)
    return list(_sources(instruction, split_flags(value)))


def _sources(instruction: str, flags: list[str]) -> Iterator[str]:
    for flag in flags:
        name, _, setting = flag.partition("=")
        if (instruction, name) == ("COPY", "--from"):
            yield setting
        elif (instruction, name) == ("RUN", "--mount"):
            for option in next(csv.reader([setting]), []):
                key, _, source = option.partition("=")
                if key.strip().lower() == "from":
                    yield source.strip()


def replace_sources(line: str, replacements: dict[str, str]) -> str:
    """Returns a line of an instruction whose flags name other images."""
    return re.sub(
        r"""((?:(?<!\S)--|(?<![\w-]))from=["']?)([^\s"',\\]+)""",
        lambda match: match[1] + replacements.get(match[2], match[2]),
        line,
        flags=re.IGNORECASE,
    )
