"""The points that the text of the Dockerfile decides."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess

from ..contract.engine import one_line
from .dockerfile import Instruction
from .exercise import Point
from .subject import Subject
from .verdict import Fault, Seen, Unjudged, seen

LINT_SECONDS = 60
SHOWN = 3
# Tags that name another image every few months.
MOVING = re.compile(r"(?:latest|slim|alpine|stable|testing|rolling|devel|lts|3|2)(?:-slim)?")
# Past their end of life, as of 2026: Debian up to 11, Ubuntu up to 20.04, Python up to 3.9.
ENDED = re.compile(r"wheezy|jessie|stretch|buster|bullseye|trusty|xenial|bionic|focal")
OLDEST = {"python": (3, 10), "ubuntu": (22, 4), "debian": (12,)}
INSTALL = re.compile(
    r"\b(?:pip[\d.]*|uv\s+pip)\s+(?:\S+\s+){0,6}?(?:install|sync)\b|\buv\s+sync\b|\bpoetry\s+install\b"
)
CODE = re.compile(r"(?:\./)?(?:\.|\*|(?:app|migrations)(?:/.*)?|(?:app|config|microblog)\.py|[\w.]*/?\*\.py)/?")


def check_file(subject: Subject, _point: Point) -> Seen:
    """The file is a Dockerfile: an engine would accept its instructions."""
    return seen("file", count=len(subject.dockerfile.instructions))


def check_lint(subject: Subject, point: Point) -> Seen:
    """hadolint finds neither errors nor warnings, but for those that other points judge."""
    hadolint = shutil.which("hadolint")
    if not hadolint:
        raise Unjudged("lint-missing")
    command = [hadolint, "--no-fail", "--format", "json"]
    command += [word for rule in point.options.get("ignore", []) for word in ("--ignore", rule)]
    text = subject.dockerfile.text.replace("\r\n", "\n")
    try:
        printed = subprocess.run(
            [*command, "-"], input=text, capture_output=True, encoding="utf-8", timeout=LINT_SECONDS, check=True
        ).stdout
        findings = [f for f in json.loads(printed) if f["level"] in ("error", "warning")]
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        raise Unjudged("lint-missing") from error
    if subject.dockerfile.has_heredocs and any(finding["code"] == "DL1000" for finding in findings):
        raise Unjudged("lint-missing")  # hadolint does not know all of their forms
    if findings:
        lines = [f"{finding['line']} ({finding['code']} {one_line(finding['message'], 120)})" for finding in findings]
        raise Fault("lint-found", count=len(lines), lines=", ".join(lines[:SHOWN]))
    return seen("lint")


def check_base(subject: Subject, _point: Point) -> Seen:
    """Every base image is named with a version that is still maintained."""
    for image in subject.dockerfile.images:
        name, _, digest = image.partition("@")
        repository, colon, tag = name.rpartition(":") if ":" in name.rpartition("/")[2] else (name, "", "")
        if digest:
            continue
        if not colon:
            raise Fault("base-untagged", image=image)
        kind = repository.rpartition("/")[2]
        if MOVING.fullmatch(tag) or (kind == "python" and not re.match(r"\d+\.\d", tag)):
            raise Fault("base-moving", image=image)
        oldest = OLDEST.get(kind)
        version = re.match(r"\d+(?:\.\d+)*", tag)
        numbers = tuple(int(part) for part in version[0].split(".")) if version else ()
        if ENDED.search(tag) or (oldest and numbers and numbers[: len(oldest)] < oldest):
            raise Fault("base-ended", image=image)
    return seen("base", image=", ".join(subject.dockerfile.images) or "scratch")


def check_order(subject: Subject, _point: Point) -> Seen:
    """The dependencies are installed before the code is copied, so that a change of the code keeps their layer."""
    for target in subject.dockerfile.targets:
        copied: Instruction | None = None
        for instruction in target.instructions:
            if instruction.name in ("COPY", "ADD") and any(CODE.fullmatch(name) for name in sources(instruction)):
                copied = copied or instruction
            elif copied and installs(instruction):
                raise Fault("order-late", copy=copied.first + 1, install=instruction.first + 1)
    return seen("order")


def sources(instruction: Instruction) -> list[str]:
    """Returns what a COPY or ADD takes from the build context."""
    if "--from=" in instruction.value:
        return []
    words = instruction.words or [word for word in _split(instruction.value) if not word.startswith("--")]
    return words[:-1]


def installs(instruction: Instruction) -> bool:
    """Returns whether an instruction installs Python packages."""
    return instruction.name == "RUN" and bool(INSTALL.search(" ".join(instruction.words or [instruction.value])))


def _split(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:
        return text.split()


def check_lock(subject: Subject, _point: Point) -> Seen:
    """The packages come from a lock file, and are those that it names."""
    wanted = lock_versions((subject.start_folder / "requirements.txt").read_text(encoding="utf-8"))
    has_read_lock = False
    for step in filter(installs, subject.dockerfile.instructions):
        for words in _installations(step):
            if words[:2] == ["uv", "sync"] or any(word.startswith(("-r", "--requirement")) for word in words):
                has_read_lock = True
            elif strange := [n for n in _unpinned(words) if not (has_read_lock and normal(n) in wanted)]:
                raise Fault("lock-names", line=step.first + 1, names=", ".join(strange[:SHOWN]))
    for path in subject.tree.files:
        if match := re.search(r"/(?:site|dist)-packages/([^/]+)-([^/-]+)\.dist-info$", path):
            name, version = normal(match[1]), match[2]
            if wanted.get(name, version) != version:
                raise Fault("lock-version", name=name, version=version, wanted=wanted[name])
    return seen("lock")


def _installations(step: Instruction) -> list[list[str]]:
    """Returns the words of the commands of a RUN that install packages."""
    text = " ".join(step.words) if step.words else step.value
    return [_split(part) for part in re.split(r"&&|\|\||[;|]", text) if INSTALL.search(part)]


def _unpinned(words: list[str]) -> list[str]:
    """Returns the packages that a command installs by name without a version, but for pip itself and its like."""
    given = words[words.index("install") + 1 :] if "install" in words else []
    names = [word for word in given if not word.startswith(("-", ".", "/", "$")) and "==" not in word]
    return [name for name in names if normal(name) not in ("pip", "setuptools", "wheel", "uv")]


def normal(name: str) -> str:
    """Returns the name of a package as an index compares it, without extras."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\[<>=!~; ]", name)[0]).lower()


def lock_versions(lock: str) -> dict[str, str]:
    """Returns the versions that a lock file names."""
    return {normal(m[1]): m[2] for m in re.finditer(r"^([\w.-]+(?:\[[\w,-]+\])?)==([^\s;\\]+)", lock, re.MULTILINE)}


def check_shell(subject: Subject, _point: Point) -> Seen:
    """A strict shell runs the commands of the build, and the image has the usual one again."""
    shells = [step.words or [] for step in subject.dockerfile.final if step.name == "SHELL"]
    if not any("pipefail" in words and any(re.fullmatch(r"-\w*e\w*", word) for word in words) for words in shells):
        raise Fault("shell-none")
    kept = subject.config.get("Shell") or ["/bin/sh", "-c"]
    if kept != ["/bin/sh", "-c"]:
        raise Fault("shell-kept", shell=" ".join(kept))
    return seen("shell")
