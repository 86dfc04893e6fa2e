"""Goes through a lesson as a student does: writes its files, types its commands, compares what they print.

What follows a block's fence says what it is:

- `dockerfile`: written to Dockerfile if it starts with ARG, else appended to it.
- `text boot.sh`, `yaml compose.yaml`: written to the file of this name.
- `sh`: typed; each command must succeed. `sh fails`: one must fail. `sh inside`: typed in the container that the last
  interactive command has entered. `sh untested`: not typed.
- `text`: printed since the last such block, in this order; other lines may stand between.
- `excerpt`, behind any language: only shown.
"""

import functools
import re
import shlex
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from engine import Engine, free_port
from lessons import Block, blocks
from printed import missing

# Where a lesson names an image, a container, a network or a volume; this session has names of its own.
NAMES = re.compile(
    r"(?:--name|docker build(?: --target \S+| --no-cache)? -t|(?:network|volume) create|docker (?:tag|rename) \S+)"
    r" (\w[\w./:-]*)"
    r"|-v ([a-z][\w-]*):/"
)
PORTS = ("5000", "5001", "5002", "9191")
# Commands that only look, and are repeated: a container takes seconds to start, and a student reads meanwhile.
LOOKS = re.compile(r"docker (?:compose )?(?:ps|logs|top|inspect|exec|diff) |curl |make (?:ps|logs)")
SECONDS = 90


@dataclass
class Typed:
    """A command, and what it printed."""

    command: str
    printed: str
    status: int
    seconds: float


@dataclass
class Walk:
    """A student's terminal, in `folder`. `state` is a file for the shell's variables between commands.

    `terminal` is a command that runs another one where the student is.
    """

    engine: Engine
    folder: Path
    state: Path
    environment: dict
    project: str
    terminal: tuple = ()
    names: list[str] = field(default_factory=list)
    ports: dict = field(default_factory=dict)
    replaced: list[str] = field(default_factory=list)
    entered: str = ""
    unread: list[Typed] = field(default_factory=list)
    transcript: list[Typed] = field(default_factory=list)

    def through(self, lesson) -> list[str]:
        """Goes through a lesson; returns what is not as it says."""
        steps = blocks(lesson)
        typed = "".join(block.text for block in steps if block.language == "sh" and block.mark != "untested")
        names = {name or volume for name, volume in NAMES.findall(typed)}
        names |= {name.split(":")[0] for name in names} - {"microblog"}
        self.names = sorted(names, key=len, reverse=True)
        self.ports = {port: str(free_port()) for port in PORTS}
        try:
            return [fault for block in steps for fault in self.step(block)]
        finally:
            self.clean()

    def step(self, block: Block) -> list[str]:
        """Does what one block says; returns what went wrong."""
        if block.mark in ("excerpt", "untested"):
            return []
        if block.language == "sh":
            return self.enter(block.text) if block.mark == "inside" else self.type(block.text, block.mark == "fails")
        if block.language == "dockerfile":
            self.write("Dockerfile", block.text, append=not block.text.startswith("ARG"))
        elif block.mark:
            self.write(block.mark, self.own(block.text))
        elif block.language == "text":
            return self.read(block.text)
        return []

    def write(self, name, text, append=False):
        """Writes a file of the working folder."""
        with (self.folder / name).open("a" if append else "w") as file:
            file.write(text)

    def type(self, script, fails) -> list[str]:
        """Types commands; returns those that fail, or one text if none does and one should."""
        typed = [self.type_one(command, patient=not fails) for command in split(script)]
        failed = [f"{one.command}\nstatus {one.status}\n{one.printed[-2000:]}" for one in typed if one and one.status]
        if fails:
            return [] if failed else [f"nothing fails in:\n{script}"]
        return failed

    def type_one(self, command, patient) -> Typed | None:
        """Types a command, again while it looks for something that is not there yet; None if it needs a terminal."""
        if " -it " in command:
            self.entered = command.replace(" -it ", " -i ")
            return None
        if built := re.search(r"docker build.* -t (\S+)", command):
            found = self.engine("image", "inspect", "-f", "{{.Id}}", self.own_name(built[1]), check=False)
            self.replaced += found.stdout.split()
        started = time.monotonic()
        result = self.run(command)
        while result.returncode and patient and LOOKS.match(command) and time.monotonic() < started + SECONDS:
            time.sleep(0.5)
            result = self.run(command)
        typed = Typed(command, self.shown(result.stdout), result.returncode, time.monotonic() - started)
        self.unread.append(typed)
        self.transcript.append(typed)
        if command.startswith("make lesson"):
            for line in re.findall(r"^  (export .*)$", typed.printed, re.MULTILINE):
                self.run(line)
        return typed

    def enter(self, script) -> list[str]:
        """Types commands in the container that was entered last."""
        result = self.run(f"{self.entered} <<'END_OF_LESSON'\n{script}END_OF_LESSON")
        self.unread.append(Typed(script, self.shown(result.stdout), 0, 0))
        self.transcript.append(self.unread[-1])
        return []

    def read(self, text) -> list[str]:
        """Compares the text that a lesson shows with what was printed; looks again until it is the same."""
        end = time.monotonic() + SECONDS
        looks = [typed for typed in self.unread if LOOKS.match(typed.command)]
        while lost := missing(text, "\n".join(typed.printed for typed in self.unread)):
            if not looks or time.monotonic() > end:
                break
            time.sleep(1)
            for typed in looks:
                again = self.run(typed.command)
                # A later command may have removed what it looked at.
                typed.printed = typed.printed if again.returncode else self.shown(again.stdout)
        printed = "\n".join(typed.printed for typed in self.unread)
        self.unread = []
        return [f"not printed:\n{chr(10).join(lost)}\nbut:\n{printed[-4000:]}"] if lost else []

    def own(self, text) -> str:
        """Returns text of the lesson with the names and ports of this session."""
        for name in self.names:
            text = re.sub(rf"(?<![\w./:-])(?<!STAGE=)(?<!TAG=){re.escape(name)}(?![\w-])", self.own_name(name), text)
        # An application may know another container by its name.
        text = re.sub(rf"--name {self.project}-(\S+)(?= --network )", r"\g<0> --network-alias \1", text)
        # In a container, a port is its own.
        for port, other in self.ports.items() if " exec " not in text else []:
            text = re.sub(rf"(localhost:|127\.0\.0\.1:|-p |PORT=){port}\b", rf"\g<1>{other}", text)
        # What make builds, and files that it names after that.
        text = re.sub(
            r"(?<![\w./-])microblog(?=:\w)|(?<=image ls )microblog|(?<=build/sbom/)microblog", self.project, text
        )
        return re.sub(r"(?m)^make ", f"make IMAGE={self.project} PORT={self.ports['5000']} ", text)

    @functools.cached_property
    def has_compose(self) -> bool:
        """True if Compose is a plugin of the docker command; older systems have docker-compose."""
        return self.engine("compose", "version", check=False).returncode == 0

    def own_name(self, name) -> str:
        """Returns the name that this session uses: make's images have the project's own."""
        return name.replace("microblog", self.project, 1) if name.startswith("microblog:") else f"{self.project}-{name}"

    def shown(self, text) -> str:
        """Returns printed text with the names and ports of the lesson."""
        for name in self.names:
            text = text.replace(self.own_name(name), name)
        text = text.replace(self.project, "microblog")
        for port, other in self.ports.items():
            text = text.replace(other, port)
        return re.sub(r"\x1b\[[\d;]*m", "", text)

    def run(self, command) -> subprocess.CompletedProcess:
        """Runs a command where the last one left the shell; output and errors together."""
        own = self.own(command).replace("sudo ", "")
        if "BASE_IMAGE" not in own:
            own = own.replace("docker build ", "docker build --build-arg BASE_IMAGE ")
        if not self.has_compose:
            own = own.replace("docker compose ", "docker-compose ")
        state, folder = shlex.quote(str(self.state)), shlex.quote(str(self.folder))
        script = (
            f"cd {folder}\n. {state}\n{own}\nstatus=$?\n"
            f"{{ export -p; declare -p $(compgen -v | grep -x '[a-z]*'); }} >{state} 2>/dev/null\n"
            f"pwd >{state}.folder\nexit $status\n"
        )
        self.state.touch()
        result = subprocess.run(
            [*self.terminal, "bash", "-c", script],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=900,
            check=False,
        )
        self.folder = Path(Path(f"{self.state}.folder").read_text().strip())
        return result

    def clean(self):
        """Removes the containers, volumes, networks and images of the lesson."""
        ours = ("--filter", f"label=com.docker.compose.project={self.project}")
        for listing, removal in ((("ps", "-aq"), ("rm", "-f", "-v")), (("volume", "ls", "-q"), ("volume", "rm"))):
            for name in self.engine(*listing, *ours).stdout.split():
                self.engine(*removal, name, check=False)
        for removal in (("rm", "-f", "-v"), ("volume", "rm"), ("network", "rm"), ("rmi",)):
            for name in self.names:
                self.engine(*removal, self.own_name(name), check=False)
        for image in self.replaced[::-1]:
            self.engine("rmi", image, check=False)


def split(script) -> list[str]:
    """Returns the commands of a block: lines, joined where a shell needs more of them."""
    commands, pending = [], ""
    for line in script.splitlines():
        pending += line + "\n"
        complete = subprocess.run(["bash", "-n"], input=pending, text=True, capture_output=True, check=False)
        if complete.returncode == 0 and not complete.stderr and not line.endswith("\\") and pending.strip():
            commands.append(pending.rstrip("\n"))
            pending = ""
    return commands
