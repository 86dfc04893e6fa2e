"""The engine's command line. All that a run makes bears its label, and is removed at its end."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shlex
import signal
import subprocess
import threading
import time
import uuid
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO, cast

from ..images.tar_stream import Refused

LABEL = "org.microblog.accept"
SECONDS = 60


class EngineError(Exception):
    """A command of the engine failed, or did not end in time; the message is one line."""


def one_line(text: str, length: int = 200) -> str:
    """Returns the last line of a text that is not empty, shortened and without control characters."""
    line = next((line.strip() for line in reversed(text.splitlines()) if line.strip()), "")
    line = "".join(character if character.isprintable() else "?" for character in line)
    return line if len(line) <= length else line[: length - 1] + "…"


def reason(text: str) -> str:
    """Returns why the engine refused, from its output: without its name and its hint to --help."""
    lines = [line for line in text.splitlines() if "--help" not in line]
    return re.sub(r"^(docker: |Error: |Error response from daemon: )+", "", one_line("\n".join(lines)))


def run_bounded(command: list[str], seconds: float) -> tuple[int, str, str]:
    """Runs a command; returns its status and output. Kills it after so many seconds, and raises EngineError."""
    # In a session of its own Ctrl-C does not reach it, and it dies with its children. A `docker run` that is cut off
    # may still start a container, so it gets time to end.
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    )
    try:
        output, errors = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        raise EngineError(f"'{one_line(shlex.join(command))}' did not end within {seconds:.0f} s") from None
    except BaseException:
        if "build" not in command:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(10)
        raise
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    return process.returncode, output, errors


@dataclass(frozen=True)
class Engine:
    """An engine and a run of the checks.

    `project` is the prefix of names (make's IMAGE), `options` go to each `run`, `commands` are what was tried, as a
    user would type it. With `keeps_cache`, images leave the legacy builder's cache when they are removed.
    """

    cli: str = "docker"
    project: str = "microblog"
    is_podman: bool = False
    options: tuple[str, ...] = ()
    run: str = field(default_factory=lambda: uuid.uuid4().hex[:8])
    commands: list[str] = field(default_factory=list)
    keeps_cache: bool = False

    def __call__(self, *arguments: str, seconds: float = SECONDS, both: bool = False) -> str:
        """Runs a command of the engine; returns its standard output, or with `both` also its standard error."""
        return self.execute(self.cli, *arguments, seconds=seconds, both=both)

    @staticmethod
    def execute(*command: str, seconds: float, both: bool = False) -> str:
        """Runs a command; returns its standard output, or with `both` also its standard error."""
        status, output, errors = run_bounded(list(command), seconds)
        if status:
            raise EngineError(reason(errors or output) or f"'{' '.join(command[:2])}' failed with status {status}")
        return output + errors if both else output

    def inspect(self, kind: str, name: str) -> dict[str, Any]:
        """Returns what the engine knows of an "image", a "container" or a "network"."""
        found: dict[str, Any] = json.loads(self(kind, "inspect", name))[0]
        return found

    @contextlib.contextmanager
    def stream(self, *arguments: str, seconds: float = 120) -> Iterator[BinaryIO]:
        """Gives the standard output of a command, such as `export`; ends the command after so many seconds."""
        process = subprocess.Popen(
            [self.cli, *arguments], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
        )
        late = threading.Event()

        def end() -> None:
            late.set()
            process.kill()

        timer = threading.Timer(seconds, end)
        timer.start()
        assert process.stdout
        try:
            yield cast(BinaryIO, process.stdout)
            while process.stdout.read(1 << 20):  # to its end, since a command that is cut off fails
                pass
            if process.wait() or late.is_set():
                raise EngineError(f"'{self.cli} {arguments[0]}' failed, or did not end within {seconds:.0f} s")
        except Refused as error:
            raise EngineError(f"'{self.cli} {arguments[0]}' gave no readable archive: {error}") from error
        finally:
            timer.cancel()
            process.kill()
            process.stdout.close()
            process.wait()

    def name(self) -> str:
        """Returns a new name for a container, a volume or a tag."""
        return f"{self.project.rpartition('/')[2]}-accept-{self.run}-{uuid.uuid4().hex[:6]}"

    def labels(self, name: str) -> list[str]:
        """Returns the options that mark what this run makes; `make clean` removes what a killed run left."""
        pairs = {LABEL: self.run, "org.microblog.project": self.project, "org.microblog.instance": name}
        return [word for key, value in pairs.items() for word in ("--label", f"{key}={value}")]

    def create_volume(self) -> str:
        """Creates a volume and returns its name."""
        name = self.name()
        self("volume", "create", *self.labels(name), name)
        return name

    def start(self, image: str, *options: str, command: tuple[str, ...] = (), verb: str = "run") -> str:
        """Starts a container (or, with the verb "create", creates one) and returns its name."""
        name = self.name()
        self.commands.append(shlex.join([self.cli, verb, *options, image, *command]))
        detached = ["-d"] if verb == "run" else []
        named = ["--name", name, *self.labels(name), "--pull", "never"]
        self(verb, *detached, *named, *self.options, *options, image, *command)
        return name

    def remove(self, container: str) -> None:
        """Removes a container with its anonymous volumes."""
        with contextlib.suppress(EngineError):
            self("rm", "-f", "-v", container)

    def remove_all(self, keep: Collection[str] = ()) -> None:
        """Removes the containers, volumes, images and networks of this run but those to keep, until none is left."""
        prune = ["--no-prune"] if self.keeps_cache else []
        for listing, removal in (
            (("ps", "-a", "--format", "{{.Names}}"), ("rm", "-f", "-v")),
            (("volume", "ls", "--format", "{{.Name}}"), ("volume", "rm", "-f")),
            (("images", "-q"), ("rmi", "-f", *prune)),
            (("network", "ls", "--format", "{{.Name}}"), ("network", "rm")),
        ):
            end = time.monotonic() + SECONDS
            with contextlib.suppress(EngineError):
                while time.monotonic() < end:
                    names = self(*listing, "--filter", f"label={LABEL}={self.run}").split()
                    if not (left := [name for name in dict.fromkeys(names) if name not in keep]):
                        break
                    with contextlib.suppress(EngineError):
                        self(*removal, *left)
