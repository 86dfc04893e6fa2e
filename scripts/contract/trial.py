"""A packaging on trial: its image, and what several points need of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from .container import Container
from .engine import Engine, EngineError
from .tree import Identity, Tree, read_tree
from .verdict import Failed, NotJudged


@dataclass(frozen=True)
class Source:
    """What the image is built from. `command` builds it, followed by options and a context."""

    dockerfile: Path
    context: Path
    command: tuple[str, ...] = ()


@dataclass
class Trial:
    """An image and the engine that tries it.

    `port` is the port that it listens on, 0 without a server, `answers` a path that answers 200, `source` what to build
    again, `patience` the time for a start in seconds, by default as long as `make run` waits.
    """

    engine: Engine
    image: str
    port: int = 5000
    answers: str = "/health"
    source: Source | None = None
    patience: float = 90

    @cached_property
    def config(self) -> dict[str, Any]:
        """The configuration of the image; Podman has the HEALTHCHECK beside it."""
        image = self.engine.inspect("image", self.image)
        return {"Healthcheck": image.get("Healthcheck"), **(image["Config"] or {})}

    @property
    def environment(self) -> dict[str, str]:
        """The environment that the image sets."""
        return dict(pair.split("=", 1) for pair in self.config.get("Env") or [] if "=" in pair)

    @property
    def volumes(self) -> list[str]:
        return sorted(self.config.get("Volumes") or {})

    @property
    def data_folder(self) -> str | None:
        """The folder for data: what DATA_DIR names, else the first volume."""
        return self.environment.get("DATA_DIR") or next(iter(self.volumes), None)

    def run(self, *options: str, ports: tuple[int, ...] = ()) -> Container:
        """Starts a container of the image; raises Failed if the engine can't."""
        published = [word for port in ports or (self.port,) for word in ("-p", f"127.0.0.1::{port}")]
        try:
            name = self.engine.start(self.image, *published, *options)
        except EngineError as error:
            raise Failed(f"the container does not start: {error}") from error
        return Container(self.engine, name, self.port, self.patience)

    @contextmanager
    def running(self, *options: str, ports: tuple[int, ...] = ()) -> Iterator[Container]:
        """Starts a container, and removes it at the end."""
        container = self.run(*options, ports=ports)
        try:
            yield container
        finally:
            self.engine.remove(container.name)

    @contextmanager
    def answering(self, *options: str) -> Iterator[Container]:
        """Starts a container that is to answer, and removes it at the end; needs an image that answers by default."""
        assert self.server
        with self.running(*options) as container:
            container.wait_for_answer(self.answers)
            yield container

    @cached_property
    def _server(self) -> Container | str:
        """A container with the image's own settings that answers, or why there is none."""
        if not self.port:
            return "it has no server"
        try:
            container = self.run()
            container.wait_for_answer(self.answers)
        except Failed as error:
            return str(error)
        return container

    @property
    def trouble(self) -> str:
        """Why the image does not answer without settings; empty if it does."""
        return self._server if isinstance(self._server, str) else ""

    @property
    def server(self) -> Container:
        """The container with the image's own settings, which several points share; they must leave it as it is."""
        if isinstance(self._server, str):
            raise NotJudged(f"needs a container that answers without settings: {self._server}")
        return self._server

    @cached_property
    def tree(self) -> Tree:
        """The files of the image."""
        # A command, since an image may have none.
        container = self.engine.start(self.image, command=("none",), verb="create")
        try:
            return read_tree(self.engine, container)
        finally:
            self.engine.remove(container)

    @property
    def folder(self) -> str:
        """The folder of the application in the image."""
        folder = self.tree.application(self.config.get("WorkingDir") or "/")
        if folder is None:
            raise NotJudged("no folder of the image holds app/ and microblog.py")
        return folder

    @cached_property
    def identities(self) -> list[tuple[Identity, str]]:
        """The users of the server's processes, process 1 first, each with the command."""
        processes = self.server.processes()
        return [(self.tree.identity(process.user, process.group), process.command) for process in processes]
