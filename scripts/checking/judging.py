"""Judges a submission: each point of an exercise in order, within bounds; removes what that made."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from ..contract.engine import Engine, EngineError
from ..contract.verdict import Failed, NotJudged
from ..images.tar_stream import Refused
from . import images, running, texts
from .bounds import Bounds, Guard
from .building import Builder, Built
from .context import lay_context
from .dockerfile import Dockerfile
from .exercise import Exercise, Point
from .relay import Network, create_network
from .subject import Subject
from .submission import RefusedError, Submission
from .verdict import FAILED, NOT_JUDGED, PASSED, Fault, Result, Seen, Unjudged
from .words import Announce, say_nothing

CHECKS: dict[str, Callable[[Subject, Point], Seen]] = {
    name.removeprefix("check_").replace("_", "-"): function
    for module in (texts, images, running)
    for name, function in vars(module).items()
    if name.startswith("check_")
}
RELAY_IMAGE = "python:3.13-slim-trixie"


@dataclass(frozen=True)
class Place:
    """Where submissions are judged: the stage's port and path, the files that it starts from, what it may use.

    `patience` is the seconds for a start, `data_root` the folder where the engine keeps its data.
    """

    engine: Engine
    exercise: Exercise
    source: Path
    start: tuple[str, ...]
    port: int = 5000
    answers: str = "/health"
    bounds: Bounds = field(default_factory=Bounds)
    patience: float = 90
    data_root: str | None = None


class Judge:
    """Judges submissions one after the other; what they share is made once. Use it in a `with` statement."""

    def __init__(self, place: Place, announce: Announce = say_nothing) -> None:
        self.place, self.announce = place, announce
        self._builder = Builder(place.engine, announce)
        self._networks: list[Network] = []

    def __enter__(self) -> Judge:
        return self

    def __exit__(self, *_: object) -> None:
        self.place.engine.remove_all()

    def _network(self) -> Network:
        if not self._networks:
            self._networks.append(create_network(self.place.engine, self._builder.find_base(RELAY_IMAGE)))
        return self._networks[0]

    def judge(
        self, submission: Submission, points: set[str] | None = None, say: Callable[[Result], None] = lambda _: None
    ) -> list[Result]:
        """Returns what came of each point, or of those named in `points`; `say` gets each as soon as it is known."""
        place = self.place
        results: dict[str, Result] = {}
        guarded = Guard(place.engine, place.bounds, place.data_root)
        with tempfile.TemporaryDirectory(prefix="microblog-check-") as folder, guarded as guard:
            subject = self._subject(submission, guard, Path(folder))
            try:
                for point in place.exercise.points:
                    if points is None or point.name in points:
                        result = self._judge_point(subject, point, results, guard)
                        results[point.name] = result
                        say(result)
            finally:
                self._clear()
        return list(results.values())

    def refuse(self, error: RefusedError) -> list[Result]:
        """Returns the results of a submission that can't be read: its first point fails, on which the others depend."""
        first, *others = self.place.exercise.points
        missed = Seen("needs", {"point": first.name})
        return [
            Result(first.name, first.weight, FAILED, Seen(error.why, {"detail": error.detail})),
            *(Result(point.name, point.weight, NOT_JUDGED, missed) for point in others),
        ]

    def _subject(self, submission: Submission, guard: Guard, folder: Path) -> Subject:
        place = self.place

        def make(dockerfile: Dockerfile) -> Built:
            context = folder / "context"
            context.mkdir()
            try:
                lay_context(context, place.source, list(place.start), place.exercise, submission)
            except RefusedError as error:
                raise Fault(error.why, detail=error.detail) from error
            return self._builder.build(dockerfile, context, folder / "Dockerfile", guard)

        return Subject(
            place.engine,
            "",
            place.port,
            place.answers,
            patience=place.patience,
            submission=submission,
            make=make,
            network=self._network,
            guard=guard,
            start_folder=place.source,
        )

    @staticmethod
    def _judge_point(subject: Subject, point: Point, before: dict[str, Result], guard: Guard) -> Result:
        """Returns what came of a point. Never raises because of the submission."""
        start = time.monotonic()
        if missed := next((name for name in point.needs if name in before and before[name].state != PASSED), None):
            return Result(point.name, point.weight, NOT_JUDGED, Seen("needs", {"point": missed}))
        if fault := guard.fault:
            return Result(point.name, point.weight, NOT_JUDGED, fault.seen)
        try:
            state, seen = PASSED, CHECKS[point.check](subject, point)
        except Fault as error:
            state, seen = FAILED, error.seen
        except Unjudged as error:
            state, seen = NOT_JUDGED, error.seen
        except (EngineError, Failed, NotJudged, OSError, Refused) as error:
            state, seen = NOT_JUDGED, Seen("engine", {"why": str(error)})
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            # What a stranger wrote may be more than a parser of another project expects.
            state, seen = NOT_JUDGED, Seen("unexpected", {"why": f"{type(error).__name__}: {error}"})
        if state != PASSED and (fault := guard.fault):
            state, seen = FAILED, fault.seen
        seconds = round(time.monotonic() - start, 1)
        return Result(point.name, point.weight, state, seen, seconds)

    def _clear(self) -> None:
        """Removes the containers, volumes and the image of a submission; the relay and the build cache stay."""
        self.place.engine.remove_all(keep={name for n in self._networks for name in (n.name, n.relay)})
