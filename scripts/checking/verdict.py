"""What comes of a point of an exercise."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from ..contract.verdict import FAILED, NOT_JUDGED, PASSED

__all__ = ["FAILED", "NOT_JUDGED", "PASSED", "Fault", "Result", "Seen", "Unjudged"]


@dataclass(frozen=True)
class Seen:
    """What was seen: the name of a text in words.toml, and the values that it takes."""

    text: str
    values: dict[str, str] = field(default_factory=dict)


class _Verdict(Exception):
    def __init__(self, text: str, **values: object) -> None:
        super().__init__(text)
        self.seen = Seen(text, {key: str(value) for key, value in values.items()})


class Fault(_Verdict):
    """The submission does not keep the point."""


class Unjudged(_Verdict):
    """The point can't be judged, through no fault of the submission or because of an earlier one."""


def seen(text: str, **values: object) -> Seen:
    """Returns what was seen of a point that holds."""
    return Seen(text, {key: str(value) for key, value in values.items()})


@dataclass(frozen=True)
class Result:
    """What came of a point; `weight` is what it is worth, `seconds` how long it took."""

    name: str
    weight: int
    state: str
    seen: Seen
    seconds: float = 0

    @property
    def is_final(self) -> bool:
        """Whether judging again gives the same: False where the engine, a base image or the network was missing."""
        return self.state != NOT_JUDGED or self.seen.text == "needs" or self.seen.text.startswith("exceeded-")

    @classmethod
    def read(cls, data: dict[str, Any]) -> Result:
        """Returns the result that `dataclasses.asdict` gave."""
        return cls(**{**data, "seen": Seen(**data["seen"])})


def score(results: list[Result]) -> tuple[int, int]:
    """Returns what the points that hold are worth, and all."""
    return sum(r.weight for r in results if r.state == PASSED), sum(r.weight for r in results)
