"""A container, as its user sees it: by HTTP, its log, its processes and its end."""

from __future__ import annotations

import http.client
import io
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, cast

from .engine import Engine, EngineError, one_line
from .verdict import Failed

ANSWER_SECONDS = 5
LARGEST_BODY = 1 << 20  # bytes that are read


@dataclass(frozen=True)
class Answer:
    """An HTTP response."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def is_of_development_server(self) -> bool:
        return self.headers.get("server", "").startswith("Werkzeug")


class _Received(io.RawIOBase):
    """What a socket receives until a deadline, to be read by HTTPResponse.

    The timeout of a socket would not end a response of which a byte comes now and then.
    """

    def __init__(self, source: socket.socket, end: float) -> None:
        self._source, self._end = source, end

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._source.settimeout(left)
        return self._source.recv_into(buffer)


@dataclass(frozen=True)
class Process:
    """A process of a container; user and group are numbers, or names where the engine prints names."""

    user: str
    group: str
    command: str


@dataclass
class Container:
    """A container; its port is published on a free port of this machine. `patience` is for its start, in seconds."""

    engine: Engine
    name: str
    port: int
    patience: float = 90
    _published: dict[int, int] = field(default_factory=dict)

    @property
    def state(self) -> dict[str, Any]:
        state: dict[str, Any] = self.engine.inspect("container", self.name)["State"]
        return state

    def address(self, port: int | None = None) -> tuple[str, int]:
        """Returns where this machine reaches a port of the container."""
        port = port or self.port
        if port not in self._published:
            published = self.engine("port", self.name, f"{port}/tcp").partition("\n")[0].rpartition(":")[2]
            if not published.isdigit():
                raise EngineError(f"port {port} of the container is not published")
            self._published[port] = int(published)
        return "127.0.0.1", self._published[port]

    def connection(self, port: int | None = None) -> http.client.HTTPConnection:
        """Returns a connection to a port of the container, not yet open."""
        return http.client.HTTPConnection(*self.address(port), timeout=ANSWER_SECONDS)

    def request(
        self,
        path: str,
        *,
        method: str = "GET",
        body: str | None = None,
        headers: dict[str, str] | None = None,
        port: int | None = None,
    ) -> Answer | None:
        """Returns the response, or None without one that is complete, within 5 s; a long body is cut off."""
        connection, end = None, time.monotonic() + ANSWER_SECONDS
        try:
            connection = self.connection(port)
            connection.request(method, path, body, headers or {})
            received = cast(socket.socket, _Received(connection.sock, end))
            with http.client.HTTPResponse(received, method=method) as response:
                response.begin()
                names = {name.lower(): value for name, value in response.getheaders()}
                return Answer(response.status, names, response.read(LARGEST_BODY))
        except (EngineError, OSError, http.client.HTTPException):
            return None
        finally:
            if connection:
                connection.close()

    def connect(self) -> socket.socket:
        """Returns an open connection that has sent nothing."""
        return socket.create_connection(self.address(), timeout=ANSWER_SECONDS)

    def has_ended(self) -> bool:
        return not self.state["Running"]

    def log(self) -> str:
        """Returns what the container wrote to its standard output and error."""
        return self.engine("logs", "--tail", "2000", self.name, both=True)

    def end(self) -> str:
        """Returns how it ended, with the last line of its log."""
        line = one_line(self.log())
        return f"ended with status {self.state['ExitCode']}" + (f": {line}" if line else " and without a log")

    def wait_for_answer(self, path: str, *ports: int) -> int:
        """Waits for any HTTP response at one of the ports (default: its own); returns that port, or raises Failed."""
        wanted = ports or (self.port,)
        for _ in self._rounds():
            for port in wanted:
                if self.request(path, port=port):
                    return port
        if self.has_ended():
            raise Failed(self.end())
        line = one_line(self.log())
        where = " or ".join(map(str, wanted))
        raise Failed(
            f"no answer at port {where} within {self.patience:.0f} s"
            + (f"; last line of its log: {line}" if line else "")
        )

    def wait_for_end(self, path: str) -> bool:
        """Waits until it ends (True) or answers (False); also False if it does neither in time."""
        return not any(self.request(path) for _ in self._rounds()) and self.has_ended()

    def _rounds(self) -> Iterator[None]:
        """Yields several times a second, until the container ends or the time is over."""
        limit = time.monotonic() + self.patience
        while time.monotonic() < limit:
            for _ in range(5):
                yield
                time.sleep(0.2)
            if self.has_ended():  # seldom: asking the engine costs more than a request
                return

    def restart(self, path: str) -> None:
        """Starts it after a stop, and waits for an answer."""
        self.engine("start", self.name)
        self._published.clear()
        self.wait_for_answer(path)

    def stop(self, patience: int = 10) -> tuple[int, float]:
        """Stops it as `docker stop` does: kills it after so many seconds. Returns the exit status and the duration."""
        start = time.monotonic()
        self.engine("stop", "-t", str(patience), self.name)
        return int(self.state["ExitCode"]), time.monotonic() - start

    def processes(self) -> list[Process]:
        """Returns its processes, process 1 first."""
        columns = ("user", "group", "pid", "args") if self.engine.is_podman else ("-eo", "uid,gid,pid,args")
        rows = [line.split(None, 3) for line in self.engine("top", self.name, *columns).splitlines()[1:]]
        return [Process(user, group, command) for user, group, _, command in (row for row in rows if len(row) == 4)]
