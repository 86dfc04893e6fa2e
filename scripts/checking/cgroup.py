"""A control group for the builds of submissions: engines bound no processes of a build by themselves.

Only root on the engine's own machine can make one, and only where the engine manages control groups itself (cgroupfs).
The legacy builder and BuildKit since 0.10 put the commands of a build into it; elsewhere a build is bounded by time.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

from ..contract.engine import Engine, EngineError

ROOT = Path("/sys/fs/cgroup")


@contextlib.contextmanager
def control_group(engine: Engine, processes: int, memory: int) -> Iterator[list[str]]:
    """Makes a group with room for so many processes and bytes; gives the options of `docker build`, none without it."""
    name, folders = engine.name(), []
    with contextlib.suppress(OSError, EngineError):
        if not engine.is_podman and engine("info", "--format", "{{.CgroupDriver}}").strip() == "cgroupfs":
            for part, file, value in _limits(processes, memory):
                folder = ROOT / part / name
                folder.mkdir(exist_ok=True)
                folders.append(folder)
                (folder / file).write_text(str(value))
    try:
        yield ["--cgroup-parent", f"/{name}"] if folders else []
    finally:
        for folder in dict.fromkeys(folders):
            _remove(folder)


def _remove(folder: Path) -> None:
    """Removes a group, once the processes of a stopped build have ended."""
    for _ in range(50):
        with contextlib.suppress(OSError):
            folder.rmdir()
        if not folder.exists():
            break
        time.sleep(0.2)


def _limits(processes: int, memory: int) -> list[tuple[str, str, int]]:
    """Returns for each limit its controller's folder, its file and its value."""
    if (ROOT / "cgroup.controllers").exists():
        return [("", "pids.max", processes), ("", "memory.max", memory)]
    return [("pids", "pids.max", processes), ("memory", "memory.limit_in_bytes", memory)]
