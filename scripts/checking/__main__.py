"""python -m scripts.checking one FILE, or class FOLDER: what `make check` and `make check-class` run.

Exit status: 0 every point of a submission holds, or a class is judged; 1 a point does not hold; 2 wrong arguments.
"""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path
from types import FrameType

from ..contract.engine import Engine, EngineError
from .bounds import Bounds
from .classroom import judge_class
from .exercise import LANGUAGES, ExerciseError, list_exercises, read_exercise
from .judging import CHECKS, Judge, Place
from .report import Judged, as_json, as_junit, line, summary
from .submission import RefusedError, is_in_lesson, read_submission
from .verdict import PASSED, Result, Seen
from .words import told, word

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def parse() -> argparse.Namespace:
    """Returns the arguments."""
    parser = argparse.ArgumentParser(prog="check", description="Judges Dockerfiles for the exercise of a stage.")
    parser.add_argument("what", choices=("one", "class"))
    parser.add_argument("path", type=Path)
    parser.add_argument("--stage", required=True)
    parser.add_argument("--language", choices=LANGUAGES, default="en")
    parser.add_argument("--cli", default="docker", help="the engine's command")
    parser.add_argument("--podman", action="store_true", help="the engine is Podman")
    parser.add_argument("--option", action="append", default=[], help="an option for each `run`")
    parser.add_argument("--project", default="microblog", help="the prefix of names")
    parser.add_argument("--data-root", help="the folder where the engine keeps its data")
    parser.add_argument("--source", type=Path, default=Path(), help="the folder that the exercise starts from")
    parser.add_argument("--start", default="", help="the files that it starts from, relative to it")
    parser.add_argument("--port", default="5000", help="the port that the server listens on, or none")
    parser.add_argument("--answers", default="/health", metavar="PATH")
    parser.add_argument("--points", default="all", help="the points to judge: names or all")
    parser.add_argument("--patience", type=float, default=90, metavar="SECONDS", help="the time for a start")
    parser.add_argument("--minutes", type=float, default=30, help="the time for a submission, half of it for its build")
    parser.add_argument("--report", default="", help="files to write, which end in .json or .xml")
    parser.add_argument("--output", type=Path, default=Path("build/check"), help="where reports of a class go")
    return parser.parse_args()


def end(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


def open_place(options: argparse.Namespace) -> Place:
    """Returns where submissions are judged; raises ExerciseError."""
    docker = Path("docker")
    if options.stage not in list_exercises(docker):
        raise ExerciseError(f"STAGE={options.stage} has no points; use one of: {' '.join(list_exercises(docker))}")
    exercise = read_exercise(docker, options.stage, set(CHECKS))
    if options.points != "all":
        names = [point.name for point in exercise.points]
        if unknown := [name for name in options.points.split() if name not in names]:
            raise ExerciseError(f"there is no point '{unknown[0]}'; the points are: {' '.join(names)}")
    return Place(
        Engine(options.cli, options.project, options.podman, tuple(options.option), keeps_cache=True),
        exercise,
        options.source,
        tuple(options.start.split()),
        port=0 if options.port == "none" else int(options.port),
        answers=options.answers,
        bounds=Bounds(build=options.minutes * 30, total=options.minutes * 60),
        patience=options.patience,
        data_root=options.data_root,
    )


def judge_one(judge: Judge, options: argparse.Namespace) -> int:
    """Judges one submission, prints and reports what came of it; returns the exit status."""
    exercise, language = judge.place.exercise, options.language
    points = {point.name: point for point in exercise.points}

    def say(result: Result) -> None:
        print(line(result, points[result.name], language), flush=True)

    name = options.path.name
    digest = ""
    try:
        with_folder = options.path.is_dir() or is_in_lesson(options.path, Path("lessons"))
        submission = read_submission(options.path, with_folder=with_folder)
        if not with_folder:
            judge.announce("alone", name=name, folder=options.path.parent)
        digest = submission.digest
        results = judge.judge(submission, None if options.points == "all" else set(options.points.split()), say)
    except RefusedError as error:
        results = judge.refuse(error)
        for result in results:
            say(result)
    print(summary(results, exercise.stage, language))
    for report in options.report.split():
        make = as_junit if report.endswith(".xml") else as_json
        Path(report).parent.mkdir(parents=True, exist_ok=True)
        Path(report).write_text(make(exercise, [Judged(name, digest, tuple(results))], language), encoding="utf-8")
        print(word("wrote", language, path=report))
    return int(any(result.state != PASSED for result in results))


def main() -> int:
    """Judges a submission or a class."""
    options = parse()

    def announce(name: str, /, **values: object) -> None:
        seen = Seen(name, {key: str(value) for key, value in values.items()})
        print(told(seen, options.language), file=sys.stderr, flush=True)

    for number in SIGNALS:
        signal.signal(number, end)
    try:
        place = open_place(options)
        with Judge(place, announce) as judge:
            try:
                if options.what == "class":
                    return judge_class(judge, options.path, options.output, options.language)
                return judge_one(judge, options)
            finally:
                # A second signal must not leave anything behind.
                for number in SIGNALS:
                    signal.signal(number, signal.SIG_IGN)
    except (ExerciseError, EngineError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
