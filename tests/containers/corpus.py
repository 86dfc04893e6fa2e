"""The corpus of Dockerfiles for `make check`, with the verdict of each point as written in corpus/verdicts.toml."""

import tomllib
from dataclasses import dataclass
from pathlib import Path

from engine import ROOT

from scripts.checking.exercise import Exercise, read_exercise
from scripts.checking.judging import CHECKS
from scripts.checking.submission import Submission, read_submission
from scripts.checking.verdict import FAILED, NOT_JUDGED, PASSED

FOLDER = Path(__file__).with_name("corpus")
VERDICTS = tomllib.loads((FOLDER / "verdicts.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Case:
    """A Dockerfile of the corpus, or a folder with one."""

    stage: str
    name: str

    @property
    def path(self) -> Path:
        path = FOLDER / self.stage / self.name
        return path if path.is_dir() else path.with_name(f"{self.name}.Dockerfile")

    def read(self) -> Submission:
        """Returns the submission, which does not know its name."""
        return read_submission(self.path, with_folder=self.path.is_dir())

    def expected(self) -> dict[str, str]:
        """Returns the state of each point of the exercise."""
        verdict, points = VERDICTS[self.stage][self.name], exercise(self.stage).points
        states = {}
        for point in points:
            if point.name in verdict.get("failed", []):
                states[point.name] = FAILED
            elif any(states.get(need) != PASSED for need in point.needs):
                states[point.name] = NOT_JUDGED
            else:
                states[point.name] = PASSED
        return states


def exercise(stage: str) -> Exercise:
    return read_exercise(ROOT / "docker", stage, set(CHECKS))


def cases(*stages: str) -> list[Case]:
    """Returns the corpus, or that of some stages."""
    return [Case(stage, name) for stage in stages or VERDICTS for name in VERDICTS[stage]]


def paths(stage: str) -> set[str]:
    """Returns the names of what is in a stage's folder of the corpus."""
    return {path.name.removesuffix(".Dockerfile") for path in (FOLDER / stage).iterdir()}
