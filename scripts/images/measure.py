"""Builds a stage three times, takes its image apart and runs it, all in a copy of the tree.

Everything waits for a bounded time. What is created bears the project's label, and is removed at the end.
"""

import contextlib
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .archive import read_image
from .build_log import count_steps, failure
from .contents import count_packages, find_setuid, find_shells, find_user, find_writable
from .filesystem import stack_layers
from .layers import counted, describe, saved
from .tar_stream import Refused, printable

BUILD_SECONDS = 1800
START_SECONDS = 120
COMMAND_SECONDS = 120
PATHS = 20
UNITS = {"B": 1, "kB": 1000, "KB": 1000, "MB": 10**6, "GB": 10**9, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}


class CannotMeasureError(Exception):
    """The stage can't be built or started; the message says why, in one line."""


def run(
    command: list[str], seconds: float, env: dict[str, str] | None = None, cwd: Path | None = None
) -> tuple[int, str]:
    """Runs a command; returns its status and all that it printed. After `seconds` its whole process group ends."""
    with subprocess.Popen(  # noqa: S603
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=os.environ | (env or {}),
        cwd=cwd,
        start_new_session=True,
    ) as process:
        try:
            output, _ = process.communicate(timeout=seconds)
        except BaseException as error:  # an interrupt too: a session of its own gets none from the terminal
            os.killpg(process.pid, signal.SIGKILL)
            if not isinstance(error, subprocess.TimeoutExpired):
                raise
            return 1, f"error: {' '.join(command[:2])} did not end within {seconds:.0f} s\n"
    return process.returncode, output.decode("utf-8", "replace")


@dataclass
class Workshop:
    """Where stages are built: `tree` is a copy of the checkout, `project` the name of the images and containers."""

    cli: str
    project: str
    tree: Path
    variables: dict[str, str]  # of the Makefile, for the scripts
    run_options: list[str] = field(default_factory=list)
    say: Callable[[str], None] = print

    def engine(self, *arguments: str) -> str:
        """Runs the engine's command; returns what it printed."""
        status, output = run([self.cli, *arguments], COMMAND_SECONDS)
        if status:
            raise CannotMeasureError(printable((output.strip().splitlines() or [f"{arguments[0]} failed"])[-1]))
        return output.strip()


def measure(workshop: Workshop, stage: str, tag: str, port: str, answers: str) -> dict[str, Any]:
    """Returns the figures of a stage, as compare.py describes them; a stage that fails has "error" instead."""
    image = f"{workshop.project}:{tag}"
    doing = "not built"
    try:
        result: dict[str, Any] = {"error": None, "builds": build_thrice(workshop, stage, tag)}
        doing = "built, but can't be taken apart"
        result |= examine(workshop, image)
        result |= {"start": None, "memory": None, "start_error": None}
        if port != "none":
            result |= start(workshop, image, port, answers)
    except (CannotMeasureError, Refused) as error:
        return {"error": f"{doing}: {printable(str(error))}"}
    finally:
        run([workshop.cli, "rmi", image], COMMAND_SECONDS)
    return result


def build_thrice(workshop: Workshop, stage: str, tag: str) -> dict[str, Any]:
    """Builds without the cache, after a change of a template, and after a change of requirements.txt."""
    builds = {"cold": build(workshop, stage, tag, "--no-cache")}
    change = uuid.uuid4()  # the builder's cache may hold the changes of an earlier comparison
    for name, pattern, text in (
        ("template", "app/templates/base.html", f"{{# {change} #}}\n"),
        ("requirements", "requirements.txt", f"# {change}\n"),
    ):
        path = workshop.tree / pattern
        before = path.read_bytes()
        path.write_bytes(before + text.encode())
        try:
            builds[name] = build(workshop, stage, tag)
        finally:
            path.write_bytes(before)
    return builds


def build(workshop: Workshop, stage: str, tag: str, options: str = "") -> dict[str, Any]:
    """Builds the stage; returns the seconds, the steps, and those from the cache."""
    env = workshop.variables | {
        "STAGE": stage,
        "TAG": tag,
        "IMAGE": workshop.project,
        "BUILD_OPTIONS": options,
    }
    began = time.monotonic()
    status, log = run(["sh", "scripts/build"], BUILD_SECONDS, env, workshop.tree)
    seconds = time.monotonic() - began
    if status:
        raise CannotMeasureError(failure(log))
    steps, cached = count_steps(log)
    told = re.search(r"^Built \S+ on (\S+) with (.*)$", log, re.MULTILINE)
    workshop.say(f"  built in {seconds:.1f} s, {cached} of {steps} steps from the cache")
    return {
        "seconds": round(seconds, 1),
        "steps": steps,
        "cached": cached,
        "base": told[1] if told else "",
        "builder": told[2] if told else "",
    }


def examine(workshop: Workshop, name: str) -> dict[str, Any]:
    """Takes the image apart."""
    with saved([workshop.cli, "save", name]) as file:
        image = read_image(file, measure_gzip=True)
    stack = stack_layers(image.layers)
    report = describe(image, stack)
    user = find_user(image)
    writable = list(find_writable(stack, user))
    workshop.say(f"  taken apart: {counted(image.layers)}")
    return {
        "size": int(workshop.engine("image", "inspect", "--format", "{{.Size}}", name)),
        "gzip_size": report["gzip_size"],
        "shadowed": report["shadowed"],
        "efficiency": report["efficiency"],
        "layers": report["layers"],
        "user": printable(user.name),
        "uid": user.uid,
        "shells": find_shells(stack),
        "packages": count_packages(image, stack),
        "writable": {"count": len(writable), "paths": [printable(path) for path in writable[:PATHS]]},
        "setuid": [printable(path) for path in find_setuid(stack)],
        "labels": {printable(key): printable(text) for key, text in image.config["config"]["Labels"].pairs.items()},
    }


def start(workshop: Workshop, image: str, port: str, answers: str) -> dict[str, Any]:
    """Runs the image, and starts it again with its database up to date; measures that start, and the memory then."""
    name = f"{workshop.project}-compare-{os.getpid()}"
    label = f"org.microblog.project={workshop.project}"
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        number = listener.getsockname()[1]
    options = ["--name", name, "--label", label, "--label", f"org.microblog.instance={name}"]
    doing = "does not start"
    try:
        workshop.engine("run", "-d", *options, *workshop.run_options, "-p", f"127.0.0.1:{number}:{port}", image)
        wait_for_answer(workshop, name, number, answers)
        doing = "does not start again"
        workshop.engine("stop", name)
        began = time.monotonic()
        workshop.engine("start", name)
        wait_for_answer(workshop, name, number, answers)
        seconds = time.monotonic() - began
        memory = wait_for_rest(workshop, name)
    except CannotMeasureError as error:
        workshop.say(f"  {doing}: {error}")
        return {"start_error": f"{doing}: {error}"}
    finally:
        run([workshop.cli, "rm", "-f", "-v", name], COMMAND_SECONDS)
    workshop.say(f"  answers after {seconds:.1f} s")
    return {"start": round(seconds, 2), "memory": memory}


def wait_for_answer(workshop: Workshop, name: str, port: int, path: str) -> None:
    """Waits until the container answers 200 at `path`."""
    end = time.monotonic() + START_SECONDS
    for count in _ticks(0.05):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection.request("GET", path)
            if connection.getresponse().status == http.HTTPStatus.OK:
                return
        connection.close()
        if count % 20 == 19:
            state = json.loads(workshop.engine("container", "inspect", "--format", "{{json .State}}", name))
            if not state["Running"]:
                last = run([workshop.cli, "logs", "--tail", "1", name], COMMAND_SECONDS)[1].strip()
                raise CannotMeasureError(f"it ended with status {state['ExitCode']}: {printable(last[:300])}")
        if time.monotonic() > end:
            raise CannotMeasureError(f"it did not answer 200 at {path} within {START_SECONDS} s")


def _ticks(seconds: float) -> Iterator[int]:
    count = 0
    while True:
        yield count
        time.sleep(seconds)
        count += 1


def wait_for_rest(workshop: Workshop, name: str) -> int | None:
    """Returns the memory of the container in bytes, once two readings differ by less than 1 %, or the last of ten.

    None where the engine does not know it, as without control groups.
    """
    last = 0
    for _ in range(10):
        used = workshop.engine("stats", "--no-stream", "--format", "{{.MemUsage}}", name).partition("/")[0].strip()
        match = re.fullmatch(r"([\d.]+) ?([a-zA-Z]+)", used)
        if not match or match[2] not in UNITS:
            return None
        memory = int(float(match[1]) * UNITS[match[2]])
        if memory and abs(memory - last) < memory / 100:
            return memory
        last = memory
    return last or None
