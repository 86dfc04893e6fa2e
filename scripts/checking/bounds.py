"""The bounds of a submission: time, memory, processes and disk. What exceeds them ends, and the next one goes on."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path

from ..contract.engine import LABEL, Engine, EngineError
from .verdict import Fault

LOG = 1 << 16  # bytes of a build's output that are kept: its end


@dataclass(frozen=True)
class Bounds:
    """What one submission may use. Time in seconds; memory and disk in bytes; processes as a number."""

    build: float = 900
    total: float = 1800
    memory: int = 1 << 30
    disk: int = 3 << 30
    processes: int = 256

    def run_options(self) -> list[str]:
        """Returns options of `docker run`."""
        memory = str(self.memory // 2)
        return [
            *("--memory", memory, "--memory-swap", memory, "--pids-limit", str(self.processes), "--cpus", "1"),
            *("--ulimit", f"fsize={self.disk // 4}:{self.disk // 4}", "--ulimit", "core=0:0"),
            *("--security-opt", "no-new-privileges"),
        ]


@dataclass
class Guard:
    """Watches one submission: when it exceeds a bound, its containers are removed and `check` raises Fault.

    `folder` is where the engine keeps its data, None if that is on another machine: then the disk is not watched.
    """

    engine: Engine
    bounds: Bounds
    folder: str | None = None
    exceeded: str = ""
    _start: float = field(default_factory=time.monotonic)
    _free: int = 0
    _done: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Guard:
        if self.folder and not Path(self.folder).is_dir():
            self.folder = None
        self._free = self._free_space()
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._watcher.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._watcher.join()

    @property
    def fault(self) -> Fault | None:
        """The fault of a submission that exceeded a bound."""
        if not self.exceeded:
            return None
        return Fault(f"exceeded-{self.exceeded}", minutes=f"{self.bounds.total / 60:.0f}", gb=self.bounds.disk >> 30)

    def check(self) -> None:
        """Raises Fault once a bound is exceeded."""
        if fault := self.fault:
            raise fault

    def _free_space(self) -> int:
        return shutil.disk_usage(self.folder).free if self.folder else 0

    def _watch(self) -> None:
        while not self._done.wait(1):
            if time.monotonic() - self._start > self.bounds.total:
                self.exceeded = "time"
            elif self.folder and self._free - self._free_space() > self.bounds.disk:
                self.exceeded = "disk"
            if self.exceeded:
                self._end_containers()
                return

    def _end_containers(self) -> None:
        """Ends the containers that run for this submission; judging sees that they are gone."""
        with contextlib.suppress(EngineError):
            names = self.engine(
                "ps", "-q", "--filter", f"label={LABEL}={self.engine.run}", "--filter", f"label={JUDGED}"
            )
            if names.split():
                self.engine("kill", *names.split())


JUDGED = "org.microblog.judged"


def run_build(command: list[str], guard: Guard) -> tuple[int, str]:
    """Runs a build; returns its status and the end of its output. Raises Fault when it exceeds a bound."""
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip
    assert process.stdout
    output = process.stdout.fileno()
    parts: deque[bytes] = deque()
    kept = 0

    def read() -> None:
        nonlocal kept
        while part := os.read(output, 1 << 16):
            parts.append(part)
            kept += len(part)
            while kept - len(parts[0]) > LOG:
                kept -= len(parts.popleft())

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    end = time.monotonic() + guard.bounds.build
    try:
        while process.poll() is None:
            guard.check()
            if time.monotonic() > end:
                raise Fault("exceeded-build", minutes=f"{guard.bounds.build / 60:.0f}")
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(0.5)
    finally:
        if process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)  # the client tells the engine to stop the build
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(10)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        reader.join(10)
    return process.returncode, b"".join(parts).decode("utf-8", "replace")
