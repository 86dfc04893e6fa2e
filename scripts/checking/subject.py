"""A submission on trial: its text, its image and its containers; what several points share is made once."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from ..contract.container import Answer
from ..contract.engine import EngineError, one_line
from ..contract.tree import Tree, read_tree
from ..contract.trial import Trial
from ..images.archive import read_image
from ..images.saved_files import Layer
from ..images.tar_stream import CHUNK, Entry, Readable
from .bounds import JUDGED, Guard
from .building import Built
from .context import CANARIES
from .dockerfile import Dockerfile, UnreadableError, read_dockerfile
from .relay import Network, Reached
from .submission import Submission
from .verdict import Fault, Unjudged

if TYPE_CHECKING:
    from .starting import Start

SAVE_SECONDS = 300
# What engines say that can't bound a container, as rootless ones to which no controller of processors is delegated.
UNBOUNDED = re.compile(r"NanoCPUs|cgroup|controller", re.IGNORECASE)
HEALTH_OPTIONS = ("--health-interval", "2s", "--health-start-period", "1s")


@dataclass
class Subject(Trial):
    """A submission, and how it is built and run.

    `make` builds the image of a Dockerfile, `network` gives the network of its containers, `start_folder` holds the
    files that the exercise starts from; `start` is what came of the first start, once it is known.
    """

    submission: Submission = field(default_factory=lambda: Submission(b""))
    make: Callable[[Dockerfile], Built] | None = None
    network: Callable[[], Network] | None = None
    guard: Guard | None = None
    start_folder: Path = Path()
    start: Start | None = None

    @cached_property
    def dockerfile(self) -> Dockerfile:
        """The Dockerfile; raises Fault if it can't be read."""
        try:
            return read_dockerfile(self.submission.dockerfile)
        except UnreadableError as error:
            raise Fault(error.why, detail=error.detail) from error

    @cached_property
    def built(self) -> Built:
        """The image, built at the first use; raises Fault or Unjudged."""
        assert self.make
        built = self.make(self.dockerfile)
        self.image = built.name
        return built

    def launch(self, *options: str, command: tuple[str, ...] = ()) -> Reached:
        """Starts a container in the submission's network; raises Fault, or Unjudged if the engine can't bound it."""
        assert self.network and self.guard
        self.guard.check()
        network = self.network()
        given = ("--network", network.name, "--label", f"{JUDGED}=1", *self.guard.bounds.run_options(), *options)
        try:
            name = self.engine.start(self.image, *given, command=command)
        except EngineError as error:
            if UNBOUNDED.search(str(error)) and "exec: " not in str(error):
                raise Unjudged("engine", why=error) from error
            raise self._explain(str(error)) from error
        return Reached(self.engine, name, self.port, self.patience, network=network)

    @contextmanager
    def launched(self, *options: str, command: tuple[str, ...] = ()) -> Iterator[Reached]:
        """Starts a container, and removes it at the end."""
        container = self.launch(*options, command=command)
        try:
            yield container
        finally:
            self.engine.remove(container.name)

    @cached_property
    def server(self) -> Reached:
        """The container with the image's own settings, which several points share; they must leave it as it is."""
        return self.launch(*self.health_options)

    @cached_property
    def second(self) -> Reached:
        """A second container of the image, beside the first."""
        return self.launch()

    @property
    def health_options(self) -> tuple[str, ...]:
        """Options that make a HEALTHCHECK of the image run soon."""
        return HEALTH_OPTIONS if self.health_test else ()

    @property
    def health_test(self) -> list[str]:
        """The command of the image's HEALTHCHECK; empty without one."""
        test: list[str] = (self.config.get("Healthcheck") or {}).get("Test") or []
        return [] if test == ["NONE"] else test

    def ended(self, container: Reached) -> Fault:
        """Returns the fault of a container that has ended."""
        if self.guard:
            self.guard.check()
        state, line = container.state, one_line(container.log())
        if state.get("OOMKilled"):
            return Fault("start-memory", mb=self.guard.bounds.memory >> 21 if self.guard else "?")
        return self._explain(line, f"{state['ExitCode']}")

    def _explain(self, line: str, status: str = "") -> Fault:
        """Returns the fault of a container that does not start or has ended, from the engine's word or its log."""
        lower = line.lower()
        if "permission denied" in lower and ("exec" in lower or status == "126"):
            return Fault("start-permission", line=line)
        if scripts := [path for path in self.crlf_scripts if path.rpartition("/")[2] in line]:
            return Fault("start-crlf", path=scripts[0], line=line)
        if "no such file" in lower or "not found" in lower or "can't open" in lower or "cannot open" in lower:
            return Fault("start-missing", line=line)
        if status == "0" and not line:
            return Fault("start-silent", status=status)
        return Fault("start-ended", status=status, line=line or "–") if status else Fault("start-refused", line=line)

    def wait(self, condition: Callable[[], object], seconds: float, container: Reached | None = None) -> bool:
        """Waits until a condition holds; False after so many seconds, or if the container ends before."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for _ in range(3):
                if condition():
                    return True
                time.sleep(0.3)
            if self.guard:
                self.guard.check()
            if container and container.has_ended():  # seldom: asking the engine costs more than a request
                return bool(condition())
        return False

    def ask(self, container: Reached, path: str | None = None) -> Answer | None:
        """Returns a container's response to a GET."""
        return container.request(path or self.answers)

    @cached_property
    def _exported(self) -> tuple[Tree, list[str]]:
        scripts = []

        def look(path: str, content: bytes) -> None:
            if content.startswith(b"#!") and content.partition(b"\n")[0].endswith(b"\r"):
                scripts.append(path)

        container = self.engine.start(self.image, command=("none",), verb="create")
        try:
            return read_tree(self.engine, container, look), scripts
        finally:
            self.engine.remove(container)

    @property
    def tree(self) -> Tree:
        """The files of the image."""
        return self._exported[0]

    @property
    def crlf_scripts(self) -> list[str]:
        """Scripts of the image whose first line ends in CRLF."""
        return self._exported[1]

    @cached_property
    def _saved(self) -> tuple[list[Layer], list[tuple[str, Layer]]]:
        words = {word.encode(): path for path, word in CANARIES.items()}
        found: list[tuple[str, Entry]] = []

        def look(entry: Entry, content: Readable) -> None:
            if entry.size <= CHUNK:
                text = content.read(entry.size)
                found.extend((path, entry) for word, path in words.items() if word in text)

        with self.engine.stream("save", self.image, seconds=SAVE_SECONDS) as output:
            layers = read_image(output, self.image, look=look).layers
        return layers, held_by(layers, found)

    @property
    def layers(self) -> list[Layer]:
        """The layers that the Dockerfile adds to its base image."""
        layers = self._saved[0]
        base = self.built.base_layers
        digests = tuple(layer.digest for layer in layers[: len(base)])
        return layers[len(base) :] if digests == base else layers

    @property
    def leaked(self) -> list[tuple[str, Layer]]:
        """The files planted in the context that are in a layer."""
        return self._saved[1]


def held_by(layers: list[Layer], found: list[tuple[str, Entry]]) -> list[tuple[str, Layer]]:
    """Returns the layer of each member that was found, with what was found in it; none for those in no layer."""
    layer_of = {id(entry): layer for layer in layers for entry in layer.entries}
    return [(path, layer_of[id(entry)]) for path, entry in found if id(entry) in layer_of]
