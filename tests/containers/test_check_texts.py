"""make check, the points that the text decides: packages, their order and versions, base images, hadolint."""

import re

import pytest
from corpus import exercise
from engine import ROOT

from scripts.checking.dockerfile import read_dockerfile
from scripts.checking.judging import CHECKS
from scripts.checking.subject import Subject
from scripts.checking.submission import Submission
from scripts.checking.texts import check_lint, installs, lock_versions
from scripts.checking.verdict import Fault, Unjudged
from scripts.checking.words import told

pytestmark = pytest.mark.usefixtures("hadolint")


@pytest.mark.parametrize(
    ("command", "is_installation"),
    [
        ("pip install flask", True),
        ("python3 -m pip install --no-cache-dir -r requirements.txt", True),
        ('["pip", "install", "flask"]', True),
        ("venv/bin/pip --no-input install flask", True),
        ("uv pip install --system -r requirements.txt", True),
        ("uv sync --frozen", True),
        ("apt-get install -y python3-pip", False),
        ("pip --version", False),
        ("pip" + " a=b" * 5000, False),
    ],
)
def test_installations_are_recognized(command, is_installation):
    instruction = read_dockerfile(f"FROM a:1\nRUN {command}\n".encode()).instructions[0]
    assert installs(instruction) == is_installation


@pytest.mark.parametrize(
    "text", ["RUN <<EOF\nset -e\npip install flask\nEOF\n", "RUN <<-A cat <<B\n\tpip install flask\n\tA\nB\nUSER b\n"]
)
def test_commands_of_a_heredoc_are_read(text):
    dockerfile = read_dockerfile(f"FROM a:1\n{text}".encode())
    assert installs(dockerfile.instructions[0])
    assert dockerfile.has_heredocs


def test_lint_does_not_fail_what_hadolint_cannot_read():
    text = "FROM a:1\nRUN <<EOF\nset -e\nEOF\nCOPY a b\n"
    with pytest.raises(Unjudged, match="lint-missing"):
        CHECKS["lint"](Subject(None, "", submission=Submission(text.encode())), exercise("gunicorn").points[1])


@pytest.mark.parametrize(
    ("image", "cause"),
    [
        ("python:3.13-slim-trixie", None),
        ("registry.example:5000/python:3.12", None),
        ("python@sha256:0", None),
        ("debian:bookworm-slim", None),
        ("ubuntu:24.04", None),
        ("python", "base-untagged"),
        ("registry.example:5000/python", "base-untagged"),
        ("python:3-slim", "base-moving"),
        ("python:3-slim-trixie", "base-moving"),
        ("python:slim-trixie", "base-moving"),
        ("python:alpine3.22", "base-moving"),
        ("python:3.9-slim", "base-ended"),
        ("python:3.12-slim-buster", "base-ended"),
        ("ubuntu:18.04", "base-ended"),
    ],
)
def test_version_of_a_base_image_is_judged(image, cause):
    subject = Subject(None, "", submission=Submission(f"FROM {image}\n".encode()))
    try:
        CHECKS["base"](subject, exercise("gunicorn").points[2])
    except Fault as fault:
        assert fault.seen.text == cause
    else:
        assert cause is None


@pytest.mark.parametrize(
    ("line", "is_late"),
    [
        ("COPY requirements.txt .", False),
        ("COPY boot.sh requirements.txt ./", False),
        ("COPY --from=packages /app /app", False),
        ("COPY --chown=blog:blog . .", True),
        ("COPY config.py requirements.txt ./", True),
        ("ADD ./migrations/ ./migrations/", True),
        ('COPY ["app", "./app"]', True),
    ],
)
def test_code_before_packages_is_late(line, is_late):
    text = f"FROM a:1 AS packages\nFROM a:1\n{line}\nRUN pip install -r requirements.txt\n"
    subject = Subject(None, "", submission=Submission(text.encode()))
    try:
        CHECKS["order"](subject, exercise("gunicorn").points[3])
    except Fault as fault:
        assert (fault.seen.text, is_late) == ("order-late", True)
    else:
        assert not is_late


def test_versions_of_a_lock_are_read():
    lock = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    versions = lock_versions(lock)
    assert len(versions) > 30
    assert versions["gunicorn"] == re.search(r"^gunicorn==(\S+)", lock, re.MULTILINE)[1]
    assert "bootstrap-flask" in versions


def test_lint_counts_what_hadolint_finds():
    subject = Subject(None, "", submission=Submission(b"FROM a:1\nWORKDIR app\nMAINTAINER c\n"))
    with pytest.raises(Fault) as fault:
        check_lint(subject, exercise("gunicorn").points[1])
    assert fault.value.seen.values["count"] == "2"
    assert "3 (DL4000" in told(fault.value.seen, "en")
