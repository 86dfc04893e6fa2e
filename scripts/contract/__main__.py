"""python -m scripts.contract IMAGE: tries each point on an image; what `make accept` runs after its build.

Exit status: 0 the claimed points hold, 1 one of them does not, 2 wrong arguments.
"""

from __future__ import annotations

import argparse
import shlex
import signal
import sys
from pathlib import Path
from types import FrameType

from .engine import Engine
from .points import NAMES, POINTS
from .report import line, summary, write
from .trial import Source, Trial
from .verdict import PASSED


def parse() -> argparse.Namespace:
    """Returns the arguments, checked."""
    parser = argparse.ArgumentParser(prog="accept", description="Tries the contract of a packaging on an image.")
    parser.add_argument("image")
    parser.add_argument("--title", help="how reports name the packaging (default: the image)")
    parser.add_argument("--cli", default="docker", help="the engine's command")
    parser.add_argument("--podman", action="store_true", help="the engine is Podman")
    parser.add_argument("--option", action="append", default=[], help="an option for each `run`")
    parser.add_argument("--project", default="microblog", help="the prefix of names")
    parser.add_argument("--port", default="5000", help="the port that it listens on, or none")
    parser.add_argument("--answers", default="/health", metavar="PATH")
    parser.add_argument("--patience", type=float, default=90, metavar="SECONDS", help="the time for a start")
    parser.add_argument("--dockerfile", type=Path)
    parser.add_argument("--context", type=Path, default=Path())
    parser.add_argument("--build", default="", help="the command that builds it, followed by options and a context")
    parser.add_argument("--claims", default="all", help="the points that must hold: names, all or none")
    parser.add_argument("--points", default="all", help="the points to try: names or all")
    parser.add_argument("--report", default="", help="files to write, which end in .json or .xml")
    options = parser.parse_args()
    options.port = 0 if options.port == "none" else int(options.port)
    for key in ("claims", "points"):
        given = getattr(options, key).replace(",", " ").split()
        names = {"all": list(NAMES), "none": []}.get(" ".join(given), given)
        setattr(options, key, names)
        if unknown := [name for name in names if name not in NAMES]:
            parser.error(f"there is no point '{unknown[0]}'; the points are: {' '.join(NAMES)}")
    for report in options.report.split():
        if not report.endswith((".json", ".xml")):
            parser.error(f"REPORT={report} must end in .json or .xml")
    return options


def end(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


def main() -> int:
    """Tries the points, prints and reports the results, and removes what it made."""
    options = parse()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)
    engine = Engine(options.cli, options.project, options.podman, tuple(options.option))
    source = None
    if options.dockerfile:
        source = Source(options.dockerfile, options.context, tuple(shlex.split(options.build)))
    trial = Trial(engine, options.image, options.port, options.answers, source, options.patience)
    results = []
    try:
        for point in POINTS:
            if point.name in options.points:
                result = point.judge(trial)
                results.append(result)
                print(line(result, result.name in options.claims), flush=True)
    finally:
        # A second signal must not leave anything behind.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        engine.remove_all()
    for report in options.report.split():
        write(Path(report), options.title or options.image, results, options.claims)
        print(f"Wrote {report}")
    print(summary(results, options.claims))
    return int(any(result.state != PASSED for result in results if result.name in options.claims))


if __name__ == "__main__":
    sys.exit(main())
