"""Watches a container start: until it answers, listens where nobody asks, or ends."""

from __future__ import annotations

import time
from dataclasses import dataclass

from ..contract.container import Answer
from ..contract.engine import EngineError, one_line
from .relay import Reached
from .subject import Subject
from .verdict import Fault

LISTENING = "0A"  # the state in /proc/net/tcp
ANY = "0.0.0.0"
LOOPBACK = "127.0.0.1"
ROUNDS = 8  # between two looks at the sockets, which cost more than a request
ELSEWHERE_SECONDS = 30  # the right socket may be opened last


@dataclass(frozen=True)
class Start:
    """What came of a start: an answer, or where the container listens instead, or that it has ended, or neither."""

    answer: Answer | None
    sockets: frozenset[tuple[str, int]] = frozenset()
    has_ended: bool = False


def watch_start(subject: Subject, container: Reached) -> Start:
    """Waits as long as a start may take."""
    answers: list[Answer] = []
    sockets: frozenset[tuple[str, int]] = frozenset()
    rounds, since = 0, time.monotonic()

    def is_decided() -> bool:
        nonlocal rounds, sockets, since
        rounds += 1
        if subject.port and (answer := subject.ask(container)):
            answers.append(answer)
        elif rounds % ROUNDS == 0 and (now := _sockets(subject, container)) != sockets:
            sockets, since = now, time.monotonic()
        is_elsewhere = bool(sockets) and (ANY, subject.port) not in sockets
        return bool(answers) or (is_elsewhere and time.monotonic() - since > ELSEWHERE_SECONDS)

    subject.wait(is_decided, subject.patience, container)
    if answers:
        return Start(answers[0])
    return Start(None, sockets, container.has_ended())


def need_answer(subject: Subject, container: Reached, start: Start) -> Answer:
    """Returns the answer of a start; raises Fault without one."""
    if start.answer:
        return start.answer
    if start.has_ended:
        raise subject.ended(container)
    if subject.guard:
        subject.guard.check()
    if (LOOPBACK, subject.port) in start.sockets:
        raise Fault("answers-loopback", port=subject.port)
    if start.sockets and (ANY, subject.port) not in start.sockets:
        ports = sorted({str(port) for _, port in start.sockets})
        raise Fault("answers-elsewhere", port=subject.port, ports=", ".join(ports))
    line = one_line(container.log())
    raise Fault("answers-nothing", port=subject.port, seconds=f"{subject.patience:.0f}", line=line or "–")


def await_answer(subject: Subject, container: Reached) -> Answer:
    """Waits for an answer; raises Fault when there is none."""
    return need_answer(subject, container, watch_start(subject, container))


def _sockets(subject: Subject, container: Reached) -> frozenset[tuple[str, int]]:
    """Returns the addresses and ports where a container listens, but for the engine's own; empty if that is unknown."""
    try:
        table = subject.engine("exec", container.name, "cat", "/proc/net/tcp", "/proc/net/tcp6")
    except EngineError:
        return frozenset()
    return read_sockets(table)


def read_sockets(table: str) -> frozenset[tuple[str, int]]:
    """Returns where sockets listen, from /proc/net/tcp and tcp6: on the loopback address, or on any other one."""
    found = set()
    for row in (line.split() for line in table.splitlines()):
        if len(row) > 3 and row[3] == LISTENING:
            address, _, port = row[1].partition(":")
            if not address.endswith("0B00007F"):  # Docker's resolver
                host = LOOPBACK if address.endswith(("0100007F", "01000000")) else ANY
                found.add((host, int(port, 16)))
    return frozenset(found)
