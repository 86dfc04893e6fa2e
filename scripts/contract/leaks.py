"""The point of secrets: none in the image's configuration, and none of the context's in a layer."""

from __future__ import annotations

import json
import re
import tempfile
import uuid
from pathlib import Path

from ..images.archive import read_image
from ..images.checkout import copy_checkout
from ..images.tar_stream import CHUNK, Entry, Readable
from .engine import one_line
from .trial import Source, Trial
from .verdict import Failed, NotJudged

BUILD_SECONDS = 900

# The texts are a stranger's, and long ones must not take long: no pattern reads the same characters again from each
# place where it could start.
NAME = re.compile(r"(?:PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY|CREDENTIALS?)(?:_|\Z)")
SECRETS = {
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY"),
    "a URL with a password": re.compile(r"\b[a-z][a-z0-9+.-]{0,30}://[^\s/:@'\"]*:[^\s/@'\"$]+@"),
    "a token of GitHub": re.compile(r"\b(?:gh[opsur]_\w{20,}|github_pat_\w{20,})"),
    "a token of GitLab": re.compile(r"\bglpat-[\w-]{20,}"),
    "a token of Slack": re.compile(r"\bxox[abprs]-[\w-]{10,}"),
    "a key of AWS": re.compile(r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    "a key of Stripe": re.compile(r"\b[rs]k_live_\w{16,}"),
    "a token of a package index": re.compile(r"\b(?:pypi-AgEI[\w-]{20,}|npm_\w{30,})"),
}
# A setting with a value that is written out; one that refers to a variable or a file is none.
SETTING = re.compile(r"\b([A-Z0-9_]++)=(?=[\"']?(?![\"'\s$]|/run/secrets)\S)")

# What people keep beside their code, planted in a copy of the context. Each holds a word that is then searched for.
PLANTED = (
    ".env", ".git/config", "id_rsa", ".ssh/id_ed25519", ".netrc", "server.key", "instance/app.db", "app.db", "app/.env",
    "app/id_rsa", "app/app.db", "app/server.pem",
)  # fmt: skip


def check_secrets(trial: Trial) -> str:
    """Neither the configuration holds a secret, nor does a build take one from the context or an argument."""
    for place, text in configuration(trial, trial.image):
        if kind := find_secret(text):
            raise Failed(f"{place} holds {kind}")
    if not trial.source:
        raise NotJudged(
            "there is no secret in the environment and the history; without a Dockerfile no layer is judged"
        )
    words = {f"canary{uuid.uuid4().hex}": path for path in PLANTED}
    arguments = {f"canary{uuid.uuid4().hex}": name for name in _secret_arguments(trial.source.dockerfile)}
    with tempfile.TemporaryDirectory(prefix="microblog-accept-") as folder:
        context = Path(folder, "context")
        copy_checkout(trial.source.context, context)
        for word, path in words.items():
            file = context / path
            if not file.exists():
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(f"SECRET_KEY={word}\n", encoding="utf-8")
        image = _build(trial, trial.source, context, arguments)
    for place, text in configuration(trial, image):
        if name := next((name for word, name in arguments.items() if word in text), None):
            raise Failed(f"{place} holds the value of the build argument {name}")
    if found := find_words(trial, image, list(words | arguments)):
        word, place = found
        raise Failed(f"{place} holds {(words | arguments)[word]}, planted in the context of a build")
    return f"none in the environment and the history; {len(words)} planted in a context reach no layer"


def find_secret(text: str) -> str | None:
    """Returns what kind of secret a text holds, or None; never the secret itself."""
    if kind := next((kind for kind, pattern in SECRETS.items() if pattern.search(text)), None):
        return kind
    name = next((setting[1] for setting in SETTING.finditer(text) if is_secret(setting[1])), None)
    return f"a value for {name}" if name else None


def is_secret(name: str) -> bool:
    """Returns True for the name of a setting whose value is a secret; NAME_FILE holds a path."""
    return bool(re.fullmatch("[A-Z0-9_]+", name) and NAME.search(name) and not name.endswith("_FILE"))


def configuration(trial: Trial, image: str) -> list[tuple[str, str]]:
    """Returns the texts of an image's configuration, each with its place."""
    config = trial.engine.inspect("image", image)["Config"] or {}
    history = trial.engine("history", "--no-trunc", "--format", "{{.CreatedBy}}", image).splitlines()
    return [
        *(("the image's environment", pair) for pair in config.get("Env") or []),
        *(("a label", f"{name}={value}") for name, value in (config.get("Labels") or {}).items()),
        *(("the history", line) for line in history),
        (
            "the image's configuration",
            json.dumps([config.get("Cmd"), config.get("Entrypoint"), config.get("Healthcheck")]),
        ),
    ]


def _secret_arguments(dockerfile: Path) -> list[str]:
    """Returns the names of a Dockerfile's build arguments that are to hold secrets."""
    names = re.findall(r"^[ \t]*ARG[ \t]+(\w+)", dockerfile.read_text(encoding="utf-8", errors="replace"), re.M | re.I)
    return [name for name in names if is_secret(name)]


def _build(trial: Trial, source: Source, context: Path, secrets: dict[str, str]) -> str:
    """Builds a copy of the context as the image was built, and returns the new image's name."""
    engine, name = trial.engine, trial.engine.name()
    command = source.command or (engine.cli, "build", "-f", str(source.dockerfile))
    # One label: to the legacy builder each is an instruction, which takes seconds.
    given = [word for value, key in secrets.items() for word in ("--build-arg", f"{key}={value}")]
    engine.execute(
        *command, "-t", name, *engine.labels(name)[:2], "--force-rm", *given, str(context), seconds=BUILD_SECONDS
    )
    return name


def find_words(trial: Trial, image: str, words: list[str]) -> tuple[str, str] | None:
    """Returns the first of the words that a layer of an image holds, and where; None if none does."""
    wanted = [word.encode() for word in words]
    found: list[tuple[str, Entry]] = []

    def look(entry: Entry, content: Readable) -> None:
        rest = b""
        while part := content.read(CHUNK):
            found.extend((word.decode(), entry) for word in wanted if word in rest + part)
            rest = part[-len(wanted[0]) :]

    with trial.engine.stream("save", image, seconds=BUILD_SECONDS) as output:
        layers = read_image(output, image, look=look).layers
    for word, entry in found:
        instruction = next(layer.instruction for layer in layers if any(entry is other for other in layer.entries))
        return word, f"/{entry.path} in the layer of {one_line(instruction, 60)}"
    return None
