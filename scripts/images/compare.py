"""Builds and measures stages, prints a table, and writes build/compare/index.html and build/compare/compare.json.

python3 -m scripts.images.compare --cli docker [--run-option OPTION]… -- STAGE…

The other variables of the Makefile come from the environment. Called through scripts/compare, at the top of the tree.
compare.json holds sizes in bytes and times in seconds:

    {"revision": "…", "machine": "Linux, 2 processors", "stages": [
      {"name": "optimized", "stage": "optimized"|path,
       "error": null,                                             or why it was not built, and no more
       "builds": {"cold": {"seconds": 58.3, "steps": 14, "cached": 0, "base": "python:…", "builder": "BuildKit"},
                  "template": {…}, "requirements": {…}},          after a change of a template, of requirements.txt
       "size": …, "gzip_size": …, "shadowed": …, "efficiency": …,  on disk; as a registry holds it; see layers.py
       "layers": [as in layers.py],
       "start": 0.8|null, "memory": …|null,                       to the first answer 200, with a database up to date
       "start_error": null,                                       or why it does not start
       "user": "microblog", "uid": 1000|null, "shells": ["bash", "sh"],
       "packages": {"system": 110, "python": 60},                 Debian's or Alpine's; Python's
       "writable": {"count": 12, "paths": [the first of them]}, "setuid": ["usr/bin/su", …],
       "labels": {"name": "value"},
       "lint": 0|null}]}                                          findings of hadolint; null without it
"""

import argparse
import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from .checkout import copy_checkout
from .layers import readable
from .measure import CannotMeasureError, Workshop, measure, run
from .page import render, trouble
from .tar_stream import printable

OUTPUT = Path("build/compare")
LINT_SECONDS = 60


def git_environment() -> dict[str, str]:
    """Returns variables by which the copy's scripts find the revision; git writes nothing."""
    status, folder = run(["git", "rev-parse", "--absolute-git-dir"], LINT_SECONDS)
    return {} if status else {"GIT_DIR": folder.strip(), "GIT_OPTIONAL_LOCKS": "0"}


def absolute(stage: str) -> str:
    """Returns the stage; a path in full, since the build runs in another folder."""
    is_path = "/" in stage or stage.startswith(".")
    return str(Path(stage).expanduser().absolute()) if is_path else stage


def find_facts(workshop: Workshop, stage: str) -> dict[str, str]:
    """Returns what the stage declares."""
    variables = workshop.variables | {"STAGE": stage, "TAG": "compare"}
    status, output = run(["sh", "scripts/compare", "facts"], LINT_SECONDS, variables, workshop.tree)
    if status:
        raise CannotMeasureError(output.strip().splitlines()[-1].removeprefix("error: "))
    return dict(line.split("=", 1) for line in output.splitlines() if "=" in line)


def count_findings(tree: Path, dockerfile: str) -> int | None:
    """Returns how much hadolint finds in a Dockerfile; None without hadolint."""
    if not shutil.which("hadolint"):
        return None
    command = ["hadolint", "--no-fail", "--format", "json", dockerfile]
    status, output = run(command, LINT_SECONDS, cwd=tree)
    return None if status else len(json.loads(output))


def compare(workshop: Workshop, stages: list[str]) -> list[dict[str, Any]]:
    """Returns the figures of each stage."""
    results = []
    for given in stages:
        stage = absolute(given)
        workshop.say(f"{given}:")
        result: dict[str, Any] = {"name": given, "stage": given}
        try:
            facts = find_facts(workshop, stage)
            result["name"] = printable(facts["name"])
            port = "none" if facts["companions"] else facts["port"]
            result |= measure(workshop, stage, f"compare-{facts['name']}", port, facts["answers"])
            result["lint"] = count_findings(workshop.tree, facts["dockerfile"])
        except CannotMeasureError as error:
            result["error"] = f"not built: {printable(str(error))}"
        if result["error"]:
            workshop.say(f"  {result['error']}")
        results.append(result)
    return results


def rows(stages: list[dict[str, Any]]) -> list[tuple[str, list[str]]]:
    """Returns the table: for each figure its name and the text for each stage."""

    def build(name: str) -> list[str]:
        builds = [stage["builds"][name] for stage in stages]
        return [f"{b['seconds']:.1f} s, {b['cached']}/{b['steps']} cached" for b in builds]

    def each(name: str) -> list[Any]:
        return [stage[name] for stage in stages]

    users = [f"{user} ({'?' if uid is None else uid})" for user, uid in zip(each("user"), each("uid"), strict=True)]
    return [
        ("Size on disk", [readable(size) for size in each("size")]),
        ("Compressed", [readable(size) for size in each("gzip_size")]),
        ("Layers", [str(len(layers)) for layers in each("layers")]),
        ("Shadowed or removed", [readable(size) for size in each("shadowed")]),
        ("Build without cache", build("cold")),
        ("… after a template", build("template")),
        ("… after requirements.txt", build("requirements")),
        ("Start to first answer", ["–" if s is None else f"{s:.2f} s" for s in each("start")]),
        ("Memory at rest", ["–" if size is None else readable(size) for size in each("memory")]),
        ("User", users),
        ("Shells", [", ".join(shells) or "none" for shells in each("shells")]),
        ("Packages", [f"{p['system']} system, {p['python']} Python" for p in each("packages")]),
        ("Writable files", [f"{writable['count']:,}" for writable in each("writable")]),
        ("Setuid files", [str(len(files)) for files in each("setuid")]),
        ("Labels", [str(len(labels)) for labels in each("labels")]),
        ("Lint findings", ["–" if count is None else str(count) for count in each("lint")]),
        ("Base", [stage["builds"]["cold"]["base"] for stage in stages]),
        ("Builder", [stage["builds"]["cold"]["builder"] for stage in stages]),
    ]


def print_table(stages: list[dict[str, Any]]) -> None:
    """Prints a column for each stage that was measured, and a line for each other."""
    measured = [stage for stage in stages if not stage["error"]]
    table = [("", [stage["name"] for stage in measured]), *rows(measured)] if measured else []
    for name, cells in table:
        widths = [max(len(row[1][column]) for row in table) for column in range(len(cells))]
        print(f"{name:<25}", *(f"{cell:<{width}}" for cell, width in zip(cells, widths, strict=True)), sep="  ")
    for stage in stages:
        if trouble(stage):
            print(f"{stage['name']}: {trouble(stage)}")


def main() -> None:
    """Reads the command line, measures, and writes the results; status 1 if nothing could be measured."""
    parser = argparse.ArgumentParser(prog="compare", allow_abbrev=False)
    parser.add_argument("--cli", required=True)
    parser.add_argument("--run-option", action="append", default=[])
    parser.add_argument("stages", nargs="+")
    options = parser.parse_args()
    # Then containers, images and the copy are removed as after an interrupt.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with tempfile.TemporaryDirectory(prefix="microblog-compare-") as folder:
        copy_checkout(Path(), Path(folder))
        variables = {"TARGET": "", **git_environment()}
        project = os.environ.get("IMAGE", "microblog")
        say = lambda text: print(text, file=sys.stderr, flush=True)  # noqa: E731
        workshop = Workshop(options.cli, project, Path(folder), variables, options.run_option, say)
        stages = compare(workshop, options.stages)
    revision = subprocess.run(["git", "describe", "--always", "--dirty"], capture_output=True, text=True, check=False)  # noqa: S607
    result = {
        "revision": revision.stdout.strip(),
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors",
        "stages": stages,
    }
    OUTPUT.mkdir(parents=True, exist_ok=True)
    (OUTPUT / "compare.json").write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n")
    measured = [stage for stage in stages if not stage["error"]]
    (OUTPUT / "index.html").write_text(render(result, rows(measured)))
    print_table(stages)
    print(f"Wrote {OUTPUT}/index.html and {OUTPUT}/compare.json")
    sys.exit(not measured)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
