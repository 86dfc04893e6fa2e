"""The points that a server shows: where it listens, what it answers and logs, and how it stops."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from .container import Container
from .engine import EngineError
from .tree import read_folder, read_tree
from .trial import Trial
from .verdict import Failed, NotJudged

STOP_SECONDS = 5


def check_port(trial: Trial) -> str:
    """Without settings it answers at its port, and with PORT at that one."""
    if not trial.port:
        raise NotJudged(trial.trouble)
    other = 8080 if trial.port != 8080 else 8081
    if trial.trouble:
        raise Failed(f"without settings: {trial.trouble}")
    with trial.running("-e", f"PORT={other}", ports=(trial.port, other)) as container:
        if container.wait_for_answer(trial.answers, other, trial.port) != other:
            raise Failed(f"with PORT={other} it still answers at {trial.port}")
    return f"answers at {trial.port}, and with PORT={other} at {other}"


def check_health(trial: Trial) -> str:
    """The health path answers 200 within the time of a probe."""
    start = time.monotonic()
    answer = trial.server.request(trial.answers)
    seconds = time.monotonic() - start
    if not answer:
        raise Failed(f"{trial.answers} does not answer within 5 s")
    if answer.status != 200:
        raise Failed(f"{trial.answers} answers {answer.status}")
    return f"{trial.answers} answers 200 in {seconds:.2f} s"


@contextmanager
def load(container: Container, path: str) -> Iterator[None]:
    """Requests a path without a pause, beside a connection that sends nothing."""
    done = threading.Event()

    def ask() -> None:
        with contextlib.suppress(OSError, EngineError):
            address = container.address()
            while not done.is_set():
                with contextlib.suppress(OSError), socket.create_connection(address, timeout=1) as connection:
                    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
                    while connection.recv(1 << 16):
                        pass
                done.wait(0.01)  # a refused connection costs no time

    clients = [threading.Thread(target=ask, daemon=True) for _ in range(2)]
    try:
        with container.connect():
            for client in clients:
                client.start()
            time.sleep(0.5)  # the load starts
            yield
    finally:
        done.set()
        for client in clients:
            client.join(5)


def check_stop(trial: Trial) -> str:
    """A stop ends it within 5 s with status 0: at rest, and with a silent connection and requests in progress."""
    seen = []
    with trial.answering() as container:
        for situation in ("at rest", "under load"):
            if situation == "at rest":
                status, seconds = container.stop()
            else:
                container.restart(trial.answers)
                with load(container, trial.answers):
                    status, seconds = container.stop()
            if status or seconds > STOP_SECONDS:
                killed = " (killed)" if status == 137 else ""
                raise Failed(f"{situation} it takes {seconds:.1f} s and ends with status {status}{killed}")
            seen.append(f"{situation} in {seconds:.1f} s")
    return f"ends with status 0: {', '.join(seen)}"


def check_logs(trial: Trial) -> str:
    """A request appears in the container's log, and in no file of the container."""
    server = trial.server
    mark = f"accept-{trial.engine.run}"
    server.request(f"/{mark}")
    limit = time.monotonic() + 5
    while mark not in server.log():
        if time.monotonic() > limit:
            where = _files_with(trial, server, mark)
            place = f"; it is in {where[0]}" if where else ""
            raise Failed(f"'{trial.engine.cli} logs' does not show a request 5 s after it{place}")
        time.sleep(0.2)
    if where := _files_with(trial, server, mark):
        raise Failed(f"the request is also written to {', '.join(where[:3])}")
    return "a request appears in the container's log, and in no file"


def _files_with(trial: Trial, container: Container, mark: str) -> list[str]:
    """Returns the files of a container, also those of its volumes, that hold a text."""
    changed = {line[2:] for line in trial.engine("diff", container.name).splitlines()}
    found = []

    def look(path: str, content: bytes) -> None:
        if mark.encode() in content:
            found.append(path)

    read_tree(trial.engine, container.name, lambda path, content: look(path, content) if path in changed else None)
    for mount in trial.engine.inspect("container", container.name)["Mounts"]:
        read_folder(trial.engine, container.name, mount["Destination"], look)
    return found
