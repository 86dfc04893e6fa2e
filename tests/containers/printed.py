"""Compares what a lesson shows with what is printed: ids, sizes, times, versions and process ids may differ."""

import re

# What may differ, and what may stand there instead.
OPEN = [
    (r"[0-9a-f]{12,64}", r"[0-9a-f]{12,64}"),  # ids
    (r"\d{4}-\d\d-\d\d(?:T[\d:.]+Z?)?", r"\d{4}-\d\d-\d\d(?:T[\d:.]+Z?)?"),
    (r"\d\d/[A-Z][a-z]{2}/\d{4}", r"\d\d/\w{3}/\d{4}"),
    (r"[A-Z][a-z]{2} [ \d]\d", r"\w{3} [ \d]\d"),  # Nov 25
    (r"\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?", r"\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?"),
    (
        r"(?:Less than a second|About an? (?:minute|hour)|\d+ (?:second|minute|hour|week)s?)",
        r"(?:Less than a second|About an? \w+|\d+ \w+)",
    ),
    (r"\d+m[\d.]+s", r"\d+m[\d.]+s"),
    (r"\d+(?:\.\d+)? ?(?:m?s|[kMG]?B)", r"\d+(?:\.\d+)? ?(?:m?s|[kMG]?B)"),
    (r"\d+(?:\.\d+){2,3}", r"\d+(?:\.\d+){2,3}"),  # versions, addresses
    (r"\d{4,}", r"\d+"),  # process ids, bytes
]
PARTS = re.compile("(…|" + "|".join(rf"(?<![\w.]){found}(?!\w)" for found, _ in OPEN) + ")")


def pattern(line) -> re.Pattern:
    """Returns what a printed line must match to be the line that a lesson shows; `…` stands for any text."""
    parts = PARTS.split(line.strip())
    return re.compile("".join(_open(part) if place % 2 else _literal(part) for place, part in enumerate(parts)))


def _open(part):
    if part == "…":
        return ".*"
    return next(allowed for found, allowed in OPEN if re.fullmatch(found, part))


def _literal(part):
    return r"\s+".join(re.escape(word) for word in re.split(r"\s+", part))


def missing(shown, printed) -> list[str]:
    """Returns the lines of `shown` that `printed` does not have, in this order; it may have others between them.

    The number and the time that BuildKit puts before the output of a step may be left out.
    """
    lines, lost = [re.sub(r"^#\d+ (?:\d+\.\d+ )?", "", line).strip() for line in printed.splitlines()], []
    for line in (line for line in shown.splitlines() if line.strip() not in ("", "…")):
        place = next((place for place, other in enumerate(lines) if pattern(line).fullmatch(other)), None)
        if place is None:
            lost.append(line)
        else:
            lines = lines[place + 1 :]
    return lost
