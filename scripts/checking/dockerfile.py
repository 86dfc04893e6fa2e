"""Reads a Dockerfile: its instructions, its base images, and a copy that starts from other ones."""

from __future__ import annotations

import io
import json
import re
from dataclasses import dataclass, field

from dockerfile_parse import DockerfileParser
from dockerfile_parse.util import WordSplitter, extract_key_values

from .flags import replace_sources, sources_of
from .heredocs import find_heredocs, split_heredocs

KNOWN = {
    "FROM", "RUN", "CMD", "LABEL", "MAINTAINER", "EXPOSE", "ENV", "ADD", "COPY", "ENTRYPOINT", "VOLUME", "USER",
    "WORKDIR", "ARG", "ONBUILD", "STOPSIGNAL", "HEALTHCHECK", "SHELL",
}  # fmt: skip
SYNTAX = re.compile(r"^\s*#\s*syntax\s*=", re.IGNORECASE)
FLAG = re.compile(r"--[a-z-]+(?:=\S*)?\s+")


class UnreadableError(Exception):
    """The file is no Dockerfile; `why` names a text, `detail` completes it."""

    def __init__(self, why: str, detail: str = "") -> None:
        super().__init__(why)
        self.why, self.detail = why, detail


@dataclass(frozen=True)
class Instruction:
    """An instruction in one line, with its lines in the file, counted from 0."""

    name: str
    value: str
    first: int
    last: int

    @property
    def words(self) -> list[str] | None:
        """The words of the exec form; None for the shell form."""
        try:
            found = json.loads(FLAG.sub("", self.value))
        except ValueError:
            return None
        return found if isinstance(found, list) and all(isinstance(word, str) for word in found) else None


@dataclass(frozen=True)
class Target:
    """One FROM with what follows it; `base` is an image, or the name of the earlier target `parent`.

    `sources` are the images that COPY --from and RUN --mount=from=… name.
    """

    base: str
    name: str
    parent: Target | None = None
    instructions: list[Instruction] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Dockerfile:
    """A Dockerfile that can be read."""

    text: str
    targets: list[Target]

    @property
    def final(self) -> list[Instruction]:
        """The instructions of the image: those of the last target, after those of the targets that it starts from."""
        chain = [self.targets[-1]]
        while parent := chain[-1].parent:
            chain.append(parent)
        return [instruction for target in reversed(chain) for instruction in target.instructions]

    @property
    def instructions(self) -> list[Instruction]:
        """The instructions of all targets."""
        return [instruction for target in self.targets for instruction in target.instructions]

    @property
    def has_heredocs(self) -> bool:
        """Whether an instruction has a here-document, which older builders do not know."""
        return any(find_heredocs(f"{i.name} {i.value}") for i in self.instructions)

    @property
    def base(self) -> str:
        """The image that the last target starts from."""
        target = self.targets[-1]
        while target.parent:
            target = target.parent
        return target.base

    @property
    def images(self) -> list[str]:
        """Every image that a build needs: those of FROM, COPY --from and RUN --mount=from=…."""
        bases = [target.base for target in self.targets if not target.parent and target.base != "scratch"]
        return list(dict.fromkeys([*bases, *(image for target in self.targets for image in target.sources)]))

    def start_from(self, replacements: dict[str, str]) -> str:
        """Returns the text with other images, and without a `# syntax` line, which would be fetched from Docker Hub."""
        lines = ["#" if SYNTAX.match(line) else line for line in self.text.split("\n")]
        targets, others = iter(self.targets), {}
        for step in _instructions(self.text):
            if step.name == "FROM":
                target = next(targets)
                others = {image: replacements.get(image, image) for image in target.sources}
                # Also where it is no image, so that the builder does not resolve it in another way.
                base = target.base if target.parent else replacements.get(target.base, target.base)
                flags, _, name = _from_parts(step.value)
                lines[step.first] = " ".join(filter(None, ["FROM", flags, base, name]))
                lines[step.first + 1 : step.last + 1] = [""] * (step.last - step.first)
            elif others and sources_of(step.name, step.value):
                for number in range(step.first, step.last + 1):
                    lines[number] = replace_sources(lines[number], others)
        return "\n".join(lines)


def read_dockerfile(content: bytes) -> Dockerfile:
    """Returns a Dockerfile; raises UnreadableError."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableError("unreadable-encoding") from error
    if "\0" in text:
        raise UnreadableError("unreadable-binary")
    found = _instructions(text)
    if not found:
        raise UnreadableError("unreadable-empty")
    if unknown := next((i for i in found if i.name not in KNOWN), None):
        raise UnreadableError("unreadable-instruction", f"{unknown.first + 1} ({unknown.name[:40]})")
    start = next((i for i in found if i.name != "ARG"), None)
    if start is None or start.name != "FROM":
        raise UnreadableError("unreadable-no-from")
    return Dockerfile(text, _targets(found))


def _targets(instructions: list[Instruction]) -> list[Target]:
    arguments = _arguments(instructions)
    defaults = dict(arguments)  # some builders put these into what --from names
    targets: list[Target] = []
    earlier: dict[str, Target] = {}
    for instruction in instructions:
        if instruction.name == "FROM":
            if targets and targets[-1].name:
                earlier[targets[-1].name] = targets[-1]
            image, name = _from(instruction.value)
            base = _resolve(image, arguments)
            targets.append(Target(base, name.lower(), earlier.get(base.lower())))
        elif targets:
            targets[-1].instructions.append(instruction)
            if instruction.name in ("ARG", "ENV"):
                defaults |= {name: value for name, value in settings(instruction).items() if value}
            for name in sources_of(instruction.name, instruction.value):
                source = _resolve(name, defaults)
                if source not in ("", "scratch") and not source.isdigit() and source.lower() not in earlier:
                    targets[-1].sources.append(source)
    return targets


def _instructions(text: str) -> list[Instruction]:
    """Returns the instructions of a text without comments. A RUN has the commands of its here-documents."""
    plain, commands = split_heredocs(text)
    parser = DockerfileParser(fileobj=io.BytesIO(plain.encode()), env_replace=False)
    found = []
    for step in parser.structure:
        if step["instruction"] != "COMMENT":
            value = " ".join(step["value"].split())
            if step["instruction"] == "RUN":
                value = " ; ".join([value, *commands.get(step["endline"], [])])
            found.append(Instruction(step["instruction"], value, step["startline"], step["endline"]))
    return found


def settings(instruction: Instruction) -> dict[str, str]:
    """Returns the names and values of an ENV or ARG; the value is empty where an ARG has no default."""
    if "=" not in instruction.value and instruction.name == "ARG":
        return {instruction.value: ""}
    try:
        pairs = extract_key_values(env_replace=False, args={}, envs={}, instruction_value=instruction.value)
    except ValueError:  # the build will fail at this line
        return {}
    return {str(name): str(value) for name, value in pairs}


def _arguments(instructions: list[Instruction]) -> dict[str, str]:
    """Returns the ARGs before the first FROM that have a default."""
    found: dict[str, str] = {}
    for instruction in instructions:
        if instruction.name == "FROM":
            break
        found |= {name: value for name, value in settings(instruction).items() if value}
    return found


def _from_parts(value: str) -> tuple[str, str, str]:
    """Returns the flags, the image and the "AS name" of a FROM."""
    match = re.match(r"((?:--\S+\s+)*)(\S+)\s*(.*)", value)
    return (match[1].strip(), match[2], match[3]) if match else ("", "", "")


def _from(value: str) -> tuple[str, str]:
    """Returns the image and the name of a FROM."""
    _, image, rest = _from_parts(value)
    words = rest.split()
    return image, words[1] if len(words) > 1 and words[0].upper() == "AS" else ""


def _resolve(image: str, arguments: dict[str, str]) -> str:
    """Returns an image with the defaults of the arguments, also of the form ${NAME:-default}."""
    image = re.sub(r"\$\{(\w+):-([^}]*)\}", lambda m: arguments.get(m[1]) or m[2], image)
    return str(WordSplitter(image, args=arguments).dequote())
