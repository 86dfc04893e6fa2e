"""Conventions for all files: their length, no paths of one machine, comments in Dockerfiles."""

import re
import socket
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINES = 250
DATA = {".po", ".txt", ".svg", ".png", ".json", ".md"}  # catalogues, locks, pictures, figures, lessons

# Home directories, but that of the user in the images.
HOME = re.compile(r"(?<![\w.\-])/(?:home|Users)/(?!microblog\b)\w+|[A-Z]:\\Users")
REGISTRIES = re.compile(r"\b(?:pypi|files\.pythonhosted|deb\.debian|security\.debian|archive\.ubuntu)\.(?:org|com)\b")


def text_files():
    """Yield each text file that git tracks or would add, with its content."""
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
# The third-party Dockerfiles stay as their authors wrote them; those of the corpus are students'.
OTHERS = {"third_party", "corpus"}
DOCKERFILES = [path for path in FILES if path.name.endswith("Dockerfile") and not OTHERS & set(path.parts)]


def relative(path):
    return str(path.relative_to(ROOT))


def machine_names(text):
    """Return what `text` names of one machine: home directories, registries, its host name, this folder."""
    own = [str(ROOT)] if len(ROOT.parts) > 2 else []
    own += [socket.gethostname()] if len(socket.gethostname()) > 7 else []
    return [*HOME.findall(text), *REGISTRIES.findall(text), *(name for name in own if name in text)]


def without_reason(dockerfile):
    """Return the paragraphs of a Dockerfile that do not begin with a comment."""
    paragraphs = (paragraph.strip() for paragraph in dockerfile.split("\n\n"))
    return [paragraph for paragraph in paragraphs if not re.match(r"# (?!hadolint)\S", paragraph)]


@pytest.mark.parametrize("path", [path for path in FILES if path.suffix not in DATA], ids=relative)
def test_file_is_not_too_long(path):
    assert len(FILES[path].splitlines()) <= LINES


def test_files_name_no_machine():
    assert {relative(path): found for path, text in FILES.items() if (found := machine_names(text))} == {}


@pytest.mark.parametrize("path", DOCKERFILES, ids=relative)
def test_dockerfile_paragraphs_have_a_comment(path):
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
def test_machine_names_are_found(text, faults):
    assert len(machine_names(text)) == faults


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
def test_paragraphs_without_a_comment_are_found(text, faults):
    assert len(without_reason(text)) == faults


@pytest.mark.parametrize("path", DOCKERFILES, ids=relative)
def test_targets_on_one_image_begin_differently(path):
    # After a build without the cache, the legacy builder looks for the steps that follow only under the newest image.
    beginnings = re.findall(r"^FROM (\S+).*\n(?:#.*\n|\n)*(\S.*)$", FILES[path], re.MULTILINE)
    assert len(set(beginnings)) == len(beginnings) > 0
