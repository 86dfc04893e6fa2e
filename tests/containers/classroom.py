"""A room that is cut off: a network namespace without a route, with an engine of its own and a student's terminal."""

import os
import shutil
import subprocess
import uuid
from dataclasses import dataclass
from pathlib import Path

import pytest
from engine import ROOT, Engine, run_command, wait_until

TEACHER = "192.0.2.7"  # an address for documentation


@dataclass
class Room:
    """The namespace, and a folder for what is made in it."""

    name: str
    folder: Path

    def inside(self, *command) -> list[str]:
        """Returns the command that runs `command` in the room."""
        return ["nsenter", f"--net=/run/netns/{self.name}", *map(str, command)]


@dataclass
class Student:
    """A terminal in the room, with an environment that holds nothing of this machine's."""

    room: Room
    folder: Path
    environment: dict[str, str]

    def type(self, script, **options) -> subprocess.CompletedProcess:
        """Types commands; options as for run_command."""
        variables = [f"{name}={value}" for name, value in self.environment.items()]
        command = ["env", "-i", *variables, "bash", "-euo", "pipefail", "-c", script]
        return run_command(self.room.inside(*command), **({"cwd": self.folder, "timeout": 1500} | options))


@pytest.fixture(scope="module")
def room(tmp_path_factory):
    if os.geteuid() or not shutil.which("nsenter"):
        pytest.skip("a network namespace needs root on Linux")
    room = Room(f"mb-{uuid.uuid4().hex[:8]}", tmp_path_factory.mktemp("room"))
    run_command(["ip", "netns", "add", room.name])
    try:
        run_command(["ip", "-n", room.name, "link", "set", "lo", "up"])
        run_command(["ip", "-n", room.name, "address", "add", f"{TEACHER}/32", "dev", "lo"])
        yield room
    finally:
        run_command(["ip", "netns", "delete", room.name])


@pytest.fixture(scope="module")
def served(room, bundle):
    """The lines that `make bundle-serve` prints in the room."""
    with (room.folder / "served").open("w+") as output:
        command = room.inside("make", "bundle-serve", f"FILE={bundle}", f"BIND={TEACHER}")
        server = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=output)
        try:
            wait_until(lambda: "make run" in (room.folder / "served").read_text() or server.poll(), 120, "the server")
            text = (room.folder / "served").read_text()
            assert server.poll() is None, text
            yield [line.strip() for line in text.splitlines() if line.startswith("  ")]
        finally:
            server.terminate()
            server.wait(30)


@pytest.fixture(scope="module")
def student(room, engine, any_builder):
    """A student whose engine, an empty one, is in the room."""
    commands, home = room.folder / "bin", room.folder / "home"
    commands.mkdir()
    home.mkdir()
    (commands / "docker").symlink_to(shutil.which(any_builder.cli))
    (room.folder / "settings.json").write_text("{}")
    environment = any_builder.env | {
        "PATH": f"{commands}:{os.environ['PATH']}",
        "HOME": str(home),
        "DOCKER_HOST": f"unix://{room.folder}/docker.sock",
    }
    paths = {"config-file": "settings.json", "data-root": "data", "exec-root": "exec", "pidfile": "pid"}
    options = [f"--{name}={room.folder / path}" for name, path in paths.items()]
    options += ["-H", environment["DOCKER_HOST"]]
    options += ["--storage-driver", engine("info", "--format", "{{.Driver}}").stdout.strip()]
    with (room.folder / "log").open("w") as log:
        daemon = subprocess.Popen(room.inside("dockerd", *options), stdout=log, stderr=log)
    try:
        cli = Engine(any_builder.cli, environment, any_builder.builder)
        wait_until(lambda: cli("version", check=False).returncode == 0, 60, "the engine")
        yield Student(room, home, environment)
    finally:
        daemon.terminate()
        daemon.wait(60)
