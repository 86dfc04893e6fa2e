"""Helpers for the engine's command line, containers, and waiting.

They use the command line, not a library, because students and the scripts use it.
"""

import http.client
import json
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LABEL = "org.microblog.project"


class CommandError(AssertionError):
    """A command failed; the message contains its output."""


def run_command(command, *, check=True, env=None, cwd=ROOT, stdin="", timeout=540) -> subprocess.CompletedProcess:
    """Runs a command (a list) with `env` added to the environment; returns the completed process, output as text.

    With `check`, a status other than 0 raises CommandError. `timeout` is in seconds.
    """
    result = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env=os.environ | (env or {}),
        input=stdin,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    if check and result.returncode:
        raise CommandError(f"{command}: status {result.returncode}\n{result.stdout[-4000:]}\n{result.stderr[-4000:]}")
    return result


def put_command(environment, name, script, otherwise=None):
    """Puts a shell script on the PATH of `environment`, which the fixture `without` made.

    With `otherwise`, the real command of that name runs after `script`, unless that exits.
    """
    if otherwise:
        script += f'\nexec {shutil.which(otherwise)} "$@"'
    path = Path(environment["PATH"]) / name
    path.unlink(missing_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def wait_until(condition, seconds=30, what="the condition"):
    """Calls `condition` until it returns a true value, and returns that; fails after `seconds`."""
    end = time.monotonic() + seconds
    while not (result := condition()):
        assert time.monotonic() < end, f"{what} did not come true within {seconds} s"
        time.sleep(0.1)
    return result


def some_thorough(values, *thorough) -> list:
    """Returns parameters for a test; those that are `thorough` are left out by .ci/run."""
    return [pytest.param(value, marks=pytest.mark.thorough) if value in thorough else value for value in values]


def free_port() -> int:
    """Returns a free port of this machine."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@dataclass(frozen=True)
class Answer:
    """A server's response."""

    status: int
    text: str
    headers: dict


def get(url, **headers) -> Answer | None:
    """GETs `url` without a proxy; returns None without a complete response."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(urllib.request.Request(url, headers=headers), timeout=10) as response:
            return Answer(response.status, response.read().decode(), dict(response.headers))
    except urllib.error.HTTPError as error:
        return Answer(error.code, error.read().decode(), dict(error.headers))
    except (OSError, http.client.HTTPException):
        return None


@dataclass(frozen=True)
class Engine:
    """A docker command, with the environment that selects a builder."""

    cli: str
    env: dict = field(default_factory=dict)
    builder: str = ""

    def __call__(self, *arguments, **options) -> subprocess.CompletedProcess:
        """Runs `docker arguments…`; options as for run_command."""
        options["env"] = self.env | options.get("env", {})
        return run_command([self.cli, *arguments], **options)

    def inspect(self, name) -> dict:
        """Returns what the engine knows of a container or an image."""
        return json.loads(self("inspect", name).stdout)[0]

    def exists(self, kind, name) -> bool:
        """Returns True if there is a `kind` ("image", "container", "volume", "network") of this name."""
        return self(kind, "inspect", name, check=False).returncode == 0


@dataclass(frozen=True)
class Container:
    """A container, running or not; `port` is its port on this machine, or None."""

    engine: Engine
    name: str
    port: int | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def state(self) -> dict:
        return self.engine.inspect(self.name)["State"]

    @property
    def health(self) -> str:
        return self.state["Health"]["Status"]

    @property
    def logs(self) -> str:
        result = self.engine("logs", self.name)
        return result.stdout + result.stderr

    def get(self, path="/", **headers) -> Answer | None:
        return get(self.url + path, **headers)

    def exec(self, *command, user=None, check=True, stdin="") -> str:
        """Runs a command in the container and returns its output."""
        who = ["-u", user] if user else []
        return self.engine("exec", "-i", *who, self.name, *command, check=check, stdin=stdin).stdout

    def processes(self) -> list[str]:
        """Returns the command lines of its processes, process 1 first."""
        # printf: echo would expand the backslash in the shell's own command line, which is left out.
        script = 'for p in /proc/[0-9]*; do printf "%s %s\\n" "${p#/proc/}" "$(tr "\\0" " " < $p/cmdline)"; done'
        lines = (line.split(" ", 1) for line in self.exec("sh", "-c", script).splitlines())
        found = sorted((int(number), command.strip()) for number, command in lines if command.strip())
        return [command for _, command in found if script not in command]

    def wait_for_answer(self, path="/", seconds=120) -> Answer:
        """Waits for a status below 500; fails with the logs if the container ends before."""

        def answered():
            answer = self.get(path)
            if answer and answer.status < 500:
                return answer
            assert self.state["Running"], f"{self.name} ended: {self.logs[-2000:]}"
            return None

        return wait_until(answered, seconds, f"an answer of {self.name} at {path}")

    def stop(self) -> tuple[int, float]:
        """Stops it; returns the exit status and the duration in seconds."""
        start = time.monotonic()
        self.engine("stop", self.name)
        return self.state["ExitCode"], time.monotonic() - start

    def wait(self) -> int:
        """Waits for its end; returns the exit status."""
        return int(self.engine("wait", self.name).stdout)


def command_lines() -> list[str]:
    """Returns every docker command on the PATH, in order; `DOCKER` first, if it is set."""
    folders = [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep)]
    found = [os.environ.get("DOCKER") or shutil.which("docker"), *(str(f / "docker") for f in folders)]
    return list(dict.fromkeys(c for c in found if c and os.access(c, os.X_OK)))


def find_builder(name) -> Engine | None:
    """Returns an engine that builds with `name` ("buildkit" or "legacy"), or None."""
    env = {"DOCKER_BUILDKIT": "1" if name == "buildkit" else "0"}
    for cli in command_lines():
        engine = Engine(cli, env, name)
        # An empty build: versions, plugins and settings do not tell reliably.
        trial = engine("build", "-q", "-", stdin=f"FROM scratch\nLABEL {LABEL}=trial\n", check=False)
        if trial.returncode == 0:
            engine("rmi", trial.stdout.strip(), check=False)
            return engine
    return None
