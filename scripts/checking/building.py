"""Builds a submission's image, on base images that can be had here, within bounds."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from ..contract.engine import Engine, EngineError, one_line, run_bounded
from .bounds import Guard, run_build
from .cgroup import control_group
from .dockerfile import Dockerfile
from .verdict import Fault, Unjudged
from .words import Announce, say_nothing

PICK_SECONDS = 900  # a stand-in is made once
# What a build prints where it can't reach a registry or a package index.
UNREACHABLE = re.compile(
    r"no such host|Temporary failure (?:in name resolution|resolving)|Could not resolve|Network is unreachable"
    r"|toomanyrequests|TLS handshake timeout|ReadTimeoutError|NewConnectionError",
    re.IGNORECASE,
)
# What it prints where the engine fails, or has stopped another build of the same steps.
TROUBLE = re.compile(r"^#\d+ CANCELED|context canceled|failed to create endpoint", re.MULTILINE)
# What it prints where it is too old for an instruction that is right.
TOO_OLD = re.compile(
    r"requires BuildKit|unknown flag: (?:checksum|chmod|exclude|link|mount|network|parents|security|start-interval)\b",
    re.IGNORECASE,
)
UNPARSED = re.compile(r"unknown instruction|parse error", re.IGNORECASE)
NOISE = re.compile(
    r"^(?:DONE|CACHED|sha256:|-{3,}|>|WARNING|\[notice\]| *$)|DEPRECATED|executor failed.*exit code|returned a non-zero"
)
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
STAND_INS = "localhost/microblog-base/"


@dataclass(frozen=True)
class Built:
    """An image; `base_layers` are those that it has from its base image."""

    name: str
    base_layers: tuple[str, ...]


@dataclass
class Builder:
    """Builds images; asks scripts/pick-base once for each base image. `announce` tells of what takes minutes."""

    engine: Engine
    announce: Announce = say_nothing
    _found: dict[str, str] = field(default_factory=dict)

    def find_base(self, image: str) -> str:
        """Returns the name of an image to use instead; raises Unjudged where there is none, Fault for one of ours."""
        if image not in self._found:
            self._found[image] = self._ask(image)
        found = self._found[image]
        if found.startswith("error:"):
            raise Unjudged("base-missing", image=image, why=found.removeprefix("error:").strip())
        if found.startswith(STAND_INS) and "alpine" in image:
            raise Unjudged("base-alpine", image=image)
        if found == "ours":
            raise Fault("base-ours", image=image)
        return found

    def _ask(self, image: str) -> str:
        if not re.fullmatch(r"[\w][\w.:/@-]*", image):
            return f"error: {one_line(image, 80)} is not the name of an image"
        self.announce("looking", image=image, minutes=PICK_SECONDS // 60)
        status, output, errors = run_bounded(["sh", "scripts/pick-base", image], PICK_SECONDS)
        if status:
            return "error:" + one_line(errors).removeprefix("error:")
        name = output.strip()
        try:
            labels = self.engine.inspect("image", name)["Config"].get("Labels") or {}
        except EngineError as error:
            return f"error: {error}"
        return "ours" if "org.microblog.project" in labels else name

    def build(self, dockerfile: Dockerfile, context: Path, copy: Path, guard: Guard) -> Built:
        """Builds a context with a copy of the Dockerfile, written to the file `copy`; raises Fault or Unjudged."""
        replacements = {image: self.find_base(image) for image in dockerfile.images}
        copy.write_text(dockerfile.start_from(replacements), encoding="utf-8", newline="")
        name = self.engine.name()
        # Without --force-rm, the legacy builder leaves the container of an instruction that failed.
        command = [self.engine.cli, "build", "--force-rm", "-t", name, "-f", str(copy), *self.engine.labels(name)[:2]]
        command += ["--format", "docker"] if self.engine.is_podman else []
        memory = str(guard.bounds.memory)
        command += ["--memory", memory, "--memory-swap", memory]  # BuildKit ignores them
        self.announce("building", minutes=f"{guard.bounds.build / 60:.0f}")
        with control_group(self.engine, guard.bounds.processes, guard.bounds.memory) as options:
            status, log = run_build([*command, *options, str(context)], guard)
        if status:
            guard.check()
            line = explain(log)
            if TROUBLE.search(log):
                raise Unjudged("engine", why=line)
            if TOO_OLD.search(log) or (dockerfile.has_heredocs and UNPARSED.search(log)):
                raise Unjudged("builder-old", line=line)
            if UNREACHABLE.search(log):
                raise Unjudged("build-unreachable", line=line)
            raise Fault("build-failed", line=line)
        base = replacements.get(dockerfile.base)
        layers = tuple(self.engine.inspect("image", base)["RootFS"].get("Layers") or ()) if base else ()
        return Built(name, layers)


def explain(log: str) -> str:
    """Returns the lines of a failed build's output that tell why, in one."""
    log = COLOUR.sub("", log)
    lines = [re.sub(r"^#\d+ (?:\d+\.\d+ )?", "", line.rsplit("\r", 1)[-1]).strip() for line in log.splitlines()]
    useful = [line for line in lines if line and not NOISE.search(line)]
    return " / ".join(one_line(line, 160) for line in useful[-3:]) or one_line(log)
