"""What holds for every file: short enough to be read, nothing of one machine in it, reasons for exceptions."""

import re
import socket
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINES = 250
DATA = {".po", ".txt", ".svg", ".png", ".json", ".md"}  # catalogues, locks, pictures, figures, lessons

# A person's folder, anywhere; that of the image's own user is no machine's.
HOME = re.compile(r"(?<![\w.\-])/(?:home|Users)/(?!microblog\b)\w+|[A-Z]:\\Users")
REGISTRIES = re.compile(r"\b(?:pypi|files\.pythonhosted|deb\.debian|security\.debian|archive\.ubuntu)\.(?:org|com)\b")


def text_files():
    """Every file that git knows or would take and that is text, with what it holds."""
    names = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    for name in sorted(filter(None, names.split("\0"))):
        path = ROOT / name
        if path.is_file():
            content = path.read_bytes()
            if b"\0" not in content:
                yield path, content.decode("utf-8")


FILES = dict(text_files())
# Those that stand for what other people write are as those people write them.
DOCKERFILES = [path for path in FILES if path.name.endswith("Dockerfile") and "third_party" not in path.parts]


def relative(path):
    return str(path.relative_to(ROOT))


def of_a_machine(text):
    """What `text` names that another machine does not have."""
    own = [str(ROOT)] if len(ROOT.parts) > 2 else []
    own += [socket.gethostname()] if len(socket.gethostname()) > 7 else []
    return [*HOME.findall(text), *REGISTRIES.findall(text), *(name for name in own if name in text)]


def without_reason(dockerfile):
    """The paragraphs of a Dockerfile that don't begin with a comment which says why."""
    paragraphs = (paragraph.strip() for paragraph in dockerfile.split("\n\n"))
    return [paragraph for paragraph in paragraphs if not re.match(r"# (?!hadolint)\S", paragraph)]


@pytest.mark.parametrize("path", [path for path in FILES if path.suffix not in DATA], ids=relative)
def test_it_is_short_enough_to_be_read(path):
    assert len(FILES[path].splitlines()) <= LINES


def test_nothing_of_one_machine_is_in_it():
    assert {relative(path): found for path, text in FILES.items() if (found := of_a_machine(text))} == {}


@pytest.mark.parametrize("path", DOCKERFILES, ids=relative)
def test_every_paragraph_of_a_dockerfile_says_why(path):
    assert without_reason(FILES[path]) == []


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("see /" + "home/susan/notes", 1),
        ("COPY . /home/microblog/", 0),
        (f"cd {ROOT}/docs", 1),
        ("index: https://pypi." + "org/simple", 1),
    ],
)
def test_reader_sees_what_is_of_one_machine(text, faults):
    assert len(of_a_machine(text)) == faults


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("# Why.\nRUN a \\\n && b\n", 0),
        ("# Why both.\nRUN a\nRUN b\n", 0),
        ("RUN a\n", 1),
        ("# Why.\n# hadolint ignore=DL3008\nRUN a\n", 0),
        ("# Why.\nRUN a\n\n# hadolint ignore=DL3008\nRUN b\n", 1),
    ],
)
def test_reader_sees_what_has_no_reason(text, faults):
    assert len(without_reason(text)) == faults
