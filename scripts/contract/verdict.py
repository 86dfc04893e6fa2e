"""What comes of a point of the contract."""

from __future__ import annotations

from dataclasses import dataclass

PASSED, FAILED, NOT_JUDGED = "passed", "failed", "not judged"


class Failed(Exception):
    """The packaging does not keep a point; the message says what was seen."""


class NotJudged(Exception):
    """A point cannot be tried on this packaging; the message says why."""


@dataclass(frozen=True)
class Result:
    """What came of a point. `tried` is its last container or build as a command, `seconds` how long the point took."""

    name: str
    rule: str
    state: str
    seen: str
    remedy: str = ""
    tried: str = ""
    seconds: float = 0
