"""The points that the image decides: its configuration, its layers and its files."""

from __future__ import annotations

import re

from ..contract.engine import one_line
from ..contract.files import find_writable, shown
from ..contract.leaks import configuration, find_secret, is_secret
from ..images.filesystem import stack_layers
from ..images.layers import readable
from ..images.tar_stream import printable
from .dockerfile import settings
from .exercise import Point
from .subject import Subject
from .verdict import Fault, Seen, seen

APT_LISTS = re.compile(r"var/lib/apt/lists/.*_(?:Packages|Sources|InRelease|Release)(?:\.\w+)?")
PIP_CACHE = re.compile(r"(?:^|.*/)\.cache/(?:pip|uv)/.*")
SMALL = 400_000  # bytes that later layers may replace: scripts, the lists of a package manager


def check_builds(subject: Subject, _point: Point) -> Seen:
    """The image can be built."""
    assert subject.built
    return seen("builds", count=len(subject.layers))


def check_expose(subject: Subject, _point: Point) -> Seen:
    """The image documents the port that the application listens on."""
    ports = sorted(subject.config.get("ExposedPorts") or {})
    if f"{subject.port}/tcp" not in ports:
        raise Fault("expose-other" if ports else "expose-none", port=subject.port, ports=", ".join(ports))
    return seen("expose", port=subject.port)


def check_labels(subject: Subject, point: Point) -> Seen:
    """The image has labels of the given names, none of them empty."""
    labels = subject.config.get("Labels") or {}
    own = {name: value for name, value in labels.items() if not name.startswith("org.microblog.") and value.strip()}
    if missing := [name for name in point.options.get("names", []) if name not in own]:
        raise Fault("labels-missing", names=", ".join(missing))
    return seen("labels", labels=", ".join(f"{name}={value}" for name, value in sorted(own.items())))


def check_secrets(subject: Subject, _point: Point) -> Seen:
    """Neither the instructions nor the image's configuration and history hold a secret."""
    for step in subject.dockerfile.instructions:
        if step.name in ("ARG", "ENV"):
            for name, value in settings(step).items():
                if is_secret(name) and (step.name == "ARG" or value):
                    raise Fault("secrets-setting", name=name, instruction=step.name, line=step.first + 1)
    for place, text in configuration(subject, subject.image):
        if kind := find_secret(text):
            raise Fault("secrets-configuration", place=place, kind=kind)
    return seen("secrets")


def check_leaks(subject: Subject, _point: Point) -> Seen:
    """No layer holds a file that people keep beside their code."""
    if subject.leaked:
        path, layer = subject.leaked[0]
        raise Fault("leaks-found", path=path, instruction=one_line(printable(layer.instruction), 80))
    return seen("leaks")


def _check_left(subject: Subject, pattern: re.Pattern[str], text: str) -> Seen:
    """Raises Fault if a layer adds files whose paths match the pattern, also if a later layer removes them."""
    for layer in subject.layers:
        size = sum(entry.size for entry in layer.entries if entry.kind == "file" and pattern.fullmatch(entry.path))
        if size:
            raise Fault(f"{text}-left", size=readable(size), instruction=one_line(printable(layer.instruction), 80))
    return seen(text)


def check_apt(subject: Subject, _point: Point) -> Seen:
    """No layer holds apt's package lists."""
    return _check_left(subject, APT_LISTS, "apt")


def check_cache(subject: Subject, _point: Point) -> Seen:
    """No layer holds pip's cache."""
    return _check_left(subject, PIP_CACHE, "cache")


def check_twice(subject: Subject, _point: Point) -> Seen:
    """No layer replaces or removes much of what an earlier layer of the Dockerfile has added."""
    layers = subject.layers
    summaries = stack_layers(layers).summaries
    again = [(summary.shadowed, layer) for summary, layer in zip(summaries, layers, strict=True)]
    shadowed, layer = max(again, key=lambda pair: pair[0], default=(0, None))
    if layer and shadowed > SMALL:
        raise Fault("twice-found", size=readable(shadowed), instruction=one_line(printable(layer.instruction), 80))
    return seen("twice", count=len(layers))


def check_code(subject: Subject, _point: Point) -> Seen:
    """The user of the server may write none of the code."""
    writable, count = find_writable(subject)
    user = subject.identities[0][0].uid
    if writable:
        raise Fault("code", user=user, paths=shown(writable, subject.folder), folder=subject.folder)
    return seen("code-safe", user=user, count=count)
