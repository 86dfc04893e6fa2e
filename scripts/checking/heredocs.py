"""Here-documents in a Dockerfile: which an instruction announces, and where they are."""

from __future__ import annotations

import re

INSTRUCTION = re.compile(r"\s*(?:ONBUILD\s+)?(?:RUN|COPY|ADD)\s", re.IGNORECASE)
# As the builder splits an instruction: a quoted text belongs to its word.
WORD = re.compile(r"""(?:[^\s'"\\]|\\.|'[^']*'|"(?:[^"\\]|\\.)*")+""", re.DOTALL)
HEREDOC = re.compile(r"\d*<<(-?)([\"']?)([^\s<\"'\\]+)\2")
ESCAPE = re.compile(r"\s*#\s*escape\s*=\s*`\s*", re.IGNORECASE)
DIRECTIVE = re.compile(r"\s*#\s*\w+\s*=")


def find_heredocs(instruction: str) -> list[tuple[str, bool]]:
    """Returns the here-documents that an instruction announces: the word that ends each, and if tabs may precede it."""
    if not INSTRUCTION.match(instruction):
        return []
    words = (HEREDOC.fullmatch(word) for word in WORD.findall(instruction))
    return [(word[3], bool(word[1])) for word in words if word]


def split_heredocs(text: str) -> tuple[str, dict[int, list[str]]]:
    """Returns a text with the lines of here-documents as comments, which the parser does not know; and these lines.

    The lines are listed by the number of the line before them.
    """
    lines: list[str] = []
    documents: dict[int, list[str]] = {}
    ends: list[tuple[str, bool]] = []
    instruction, start, escape = "", 0, _escape(text)
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n")):
        if ends:
            word, tabs = ends[0]
            if (line.lstrip("\t") if tabs else line) == word:
                ends.pop(0)
            else:
                documents[start].append(line.strip())
            lines.append("#")
            continue
        # An instruction may go on after a comment or an empty line; the parser knows only the former.
        lines.append(line if line.strip() or not instruction else "#")
        if line.strip() and not line.lstrip().startswith("#"):
            part = line.rstrip()
            instruction += part.removesuffix(escape)
            if not part.endswith(escape):
                ends, instruction = find_heredocs(instruction), ""
                start, documents[number] = number, []
    # The parser loses an instruction whose last line ends in a backslash.
    return "\n".join(lines) + "\n\n", documents


def _escape(text: str) -> str:
    """Returns the character with which a line goes on: a backslash, or what a directive at the top says."""
    for line in text.splitlines():
        if ESCAPE.fullmatch(line):
            return "`"
        if not DIRECTIVE.match(line):
            break
    return "\\"
