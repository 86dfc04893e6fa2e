"""The points that a running container decides: its start, its answers, its processes and its end."""

from __future__ import annotations

import base64
import contextlib
import json
from dataclasses import dataclass
from typing import Any

from ..contract.engine import EngineError, one_line
from ..contract.running import PASSWORD
from .exercise import Point
from .relay import Reached
from .starting import Start, await_answer, need_answer, watch_start
from .subject import HEALTH_OPTIONS, Subject
from .verdict import Fault, Seen, Unjudged, seen

STAYS_SECONDS = 4
STOP_SECONDS = 15  # not the usual 10: a busy machine is no fault of the submission
HEALTH_SECONDS = 90
OPPOSITE_CHECKS = 4  # more than the engine needs by default
SHELLS = ("sh", "bash", "dash", "ash")
INITS = ("tini", "dumb-init", "catatonit", "docker-init", "init")


def check_starts(subject: Subject, _point: Point) -> Seen:
    """The container starts: it does not end before it serves."""
    container = subject.server
    if _start(subject).has_ended:
        raise subject.ended(container)
    return seen("starts", command=one_line(container.processes()[0].command, 80))


def check_answers(subject: Subject, _point: Point) -> Seen:
    """The server answers 200 to another container, at its port and path."""
    answer = need_answer(subject, subject.server, _start(subject))
    if answer.status != 200:
        raise Fault("answers-status", path=subject.answers, status=answer.status, port=subject.port)
    return seen("answers", path=subject.answers, port=subject.port)


def _start(subject: Subject) -> Start:
    """Returns what came of the start of the container that points share."""
    if subject.start is None:
        subject.start = watch_start(subject, subject.server)
    return subject.start


def check_user(subject: Subject, _point: Point) -> Seen:
    """No process runs as root."""
    for identity, command in subject.identities:
        if identity.uid == 0:
            raise Fault("user-root", command=one_line(command, 80))
    return seen("user", numbers=", ".join(sorted({str(identity.uid) for identity, _ in subject.identities})))


def check_production(subject: Subject, _point: Point) -> Seen:
    """A server for production answers, not Flask's development server."""
    answer = subject.ask(subject.server, "/")
    if not answer:
        raise Unjudged("no-answer")
    if answer.is_of_development_server:
        raise Fault("production", server=one_line(answer.headers["server"], 60))
    return seen("production-server", server=one_line(answer.headers.get("server", "–"), 60))


def check_single(subject: Subject, _point: Point) -> Seen:
    """The container runs one service: process 1 is the server, or an init whose only child it is."""
    processes = _processes(subject, subject.server)
    if not processes:
        raise Unjudged("no-answer")
    first = processes[0]
    program = first.command.split()[0].rpartition("/")[2].lstrip("-")
    children = [process for process in processes[1:] if process.parent == first.number]
    if program in SHELLS + INITS and len(children) > 1:
        raise Fault("single-several", commands=" | ".join(one_line(child.command, 60) for child in children[:3]))
    if program in SHELLS:
        raise Fault("single-shell", command=one_line(first.command, 80))
    return seen("single", command=one_line(first.command, 80))


@dataclass(frozen=True)
class _Process:
    number: int
    parent: int
    command: str


def _processes(subject: Subject, container: Reached) -> list[_Process]:
    """Returns the processes of a container, process 1 first."""
    columns = ("pid", "ppid", "args") if subject.engine.is_podman else ("-eo", "pid,ppid,args")
    rows = [line.split(None, 2) for line in subject.engine("top", container.name, *columns).splitlines()[1:]]
    found = [_Process(int(row[0]), int(row[1]), row[2]) for row in rows if len(row) == 3]
    numbers = {process.number for process in found}
    return sorted(found, key=lambda process: process.parent in numbers)


def check_second(subject: Subject, _point: Point) -> Seen:
    """A second container of the image answers beside the first."""
    answer = await_answer(subject, subject.second)
    if answer.status != 200 or not subject.ask(subject.server):
        raise Fault("second-fails", status=answer.status)
    return seen("second")


def check_stop(subject: Subject, _point: Point) -> Seen:
    """A stop ends the container, before the engine kills it."""
    container = subject.second
    status, seconds = container.stop(STOP_SECONDS)
    if status == 137:
        raise Fault("stop-killed", seconds=f"{seconds:.0f}")
    if status not in (0, 130, 143):
        raise Fault("stop-status", status=status)
    return seen("stop", status=status, seconds=f"{seconds:.1f}")


def check_stays(subject: Subject, _point: Point) -> Seen:
    """The container still runs after some seconds."""
    container = subject.server
    subject.wait(lambda: False, STAYS_SECONDS, container)
    if container.has_ended():
        raise Fault("stays", status=container.state["ExitCode"], seconds=STAYS_SECONDS)
    return seen("starts", command=one_line(container.processes()[0].command, 80))


def check_arguments(subject: Subject, point: Point) -> Seen:
    """Words after the image's name do what the exercise says: the container ends with status 0, and prints `prints`."""
    words = tuple(point.options["words"])
    shown, prints = " ".join(words), point.options.get("prints", "")
    try:
        with subject.launched(command=words) as container:
            has_answered = subject.wait(lambda: subject.port and subject.ask(container), subject.patience, container)
            if not container.has_ended():
                raise Fault("arguments-ignored" if has_answered else "arguments-endless", words=shown)
            status, log = container.state["ExitCode"], container.log()
    except Fault as error:
        if error.seen.text.startswith("start-"):
            raise Fault("arguments-lost", words=shown, why=error.seen.values["line"]) from error
        raise
    if status:
        raise Fault("arguments-status", words=shown, status=status, line=one_line(log))
    if prints not in log:
        raise Fault("arguments-output", words=shown, line=one_line(log) or "–")
    return seen("arguments", words=shown)


def check_data(subject: Subject, _point: Point) -> Seen:
    """An account is still there in a new container with the same volume."""
    folder = subject.data_folder
    if not folder:
        raise Fault("data-none")
    name = f"check{subject.engine.run}"
    volume = ("-v", f"{subject.engine.create_volume()}:{folder}")
    with subject.launched(*volume) as container:
        await_answer(subject, container)
        account = {"username": name, "email": f"{name}@mail.example", "password": PASSWORD}
        answer = container.request(
            "/api/users", method="POST", body=json.dumps(account), headers={"Content-Type": "application/json"}
        )
        if not answer or answer.status != 201:
            raise Fault("data-refused", status=answer.status if answer else "–")
        container.stop()
    with subject.launched(*volume) as container:
        await_answer(subject, container)
        credentials = base64.b64encode(f"{name}:{PASSWORD}".encode()).decode()
        answer = container.request("/api/tokens", method="POST", headers={"Authorization": f"Basic {credentials}"})
        if not answer or answer.status not in (200, 201):
            raise Fault("data-lost", folder=folder)
    return seen("data", folder=folder)


def check_healthy(subject: Subject, _point: Point) -> Seen:
    """The image has a HEALTHCHECK, which finds the running server healthy."""
    if not subject.health_test:
        raise Fault("healthy-none")
    container = subject.server
    if _await_health(subject, container, "healthy") != "healthy":
        raise Fault("healthy-not", output=_health_output(container))
    return seen("healthy")


def check_unhealthy(subject: Subject, point: Point) -> Seen:
    """The HEALTHCHECK finds a server unhealthy that does not work: after a request of `path`, or without a server."""
    if not subject.health_test:
        raise Fault("healthy-none")
    path = point.options.get("path")
    if path:
        with subject.launched(*HEALTH_OPTIONS) as container:
            await_answer(subject, container)
            subject.ask(container, path)
            return _expect_unhealthy(subject, container)
    with subject.launched("--entrypoint", "sleep", *HEALTH_OPTIONS, command=("600",)) as container:
        return _expect_unhealthy(subject, container)


def _expect_unhealthy(subject: Subject, container: Reached) -> Seen:
    if _await_health(subject, container, "unhealthy") != "unhealthy":
        raise Fault("unhealthy-not", output=_health_output(container))
    return seen("unhealthy")


def _await_health(subject: Subject, container: Reached, wanted: str) -> str:
    """Waits until the engine finds a container as wanted, or finds the opposite several times; returns its finding."""
    before = {entry["Start"] for entry in _health(container).get("Log") or []}

    def is_decided() -> bool:
        health = _health(container)
        opposite = [
            entry for entry in health.get("Log") or []
            if entry["Start"] not in before and (entry["ExitCode"] == 0) != (wanted == "healthy")
        ]  # fmt: skip
        return health.get("Status") == wanted or len(opposite) >= OPPOSITE_CHECKS

    subject.wait(is_decided, HEALTH_SECONDS, container)
    return str(_health(container).get("Status"))


def _health(container: Reached) -> dict[str, Any]:
    """Returns what the engine knows of a container's health."""
    if container.engine.is_podman:  # without systemd it schedules no check
        with contextlib.suppress(EngineError):
            container.engine("healthcheck", "run", container.name)
    health: dict[str, Any] = container.state.get("Health") or {}
    return health


def _health_output(container: Reached) -> str:
    """Returns what the last check of the health printed."""
    log = _health(container).get("Log") or []
    return one_line(log[-1]["Output"], 120) if log else "–"
