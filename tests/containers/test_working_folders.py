"""make lesson: a working folder for each lesson in which the student writes files."""

import re

import pytest
from engine import ROOT

APPLICATION = {"app", "migrations", "boot.sh", "config.py", "microblog.py", "requirements.txt"}
STARTS = {
    "ubuntu-sleep": set(),
    "v0.2": {".dockerignore", "app", "microblog.py", "requirements.txt"},
    "healthcheck": {"app.py", "probe.py", "requirements.txt"},
    "gunicorn": APPLICATION,
    "optimized": APPLICATION | {"docs", "tests", ".env.example", "CHANGELOG.md", "LICENSE", "Makefile", "README.md"},
}


@pytest.fixture
def lesson(make, stub, tree):
    """lesson("gunicorn", …): calls `make lesson` in a copy of this tree; the completed process."""
    variables, _ = stub()
    return lambda stage, **options: make("lesson", cwd=tree, **(variables | {"STAGE": stage}), **options)


@pytest.mark.parametrize("stage", STARTS)
def test_folder_holds_the_starting_files_and_not_the_solution(lesson, tree, stage):
    (tree / "app/__pycache__").mkdir()
    lesson(stage)
    work = tree / "lessons" / stage
    assert {path.name for path in work.iterdir()} == STARTS[stage]
    assert not (work / "app/__pycache__").exists()


def test_work_of_a_student_is_not_overwritten(lesson, tree):
    lesson("gunicorn")
    written = tree / "lessons/gunicorn/Dockerfile"
    written.write_text("FROM scratch\n")
    result = lesson("gunicorn", check=False)
    assert result.returncode != 0
    assert (
        "error: lessons/gunicorn exists and may hold your work; to start over, rename it, or remove it: "
        in result.stderr
    )
    assert written.read_text() == "FROM scratch\n"
    assert [path.name for path in (tree / "lessons").iterdir()] == ["gunicorn"]


def test_working_folders_are_not_tracked():
    assert "/lessons/" in (ROOT / ".gitignore").read_text().splitlines()


@pytest.mark.parametrize(("mirror", "said"), [("", False), ("mirror.example:5000", True)])
def test_another_base_image_is_named_for_each_terminal(lesson, mirror, said):
    line = "\n  export BASE_IMAGE=mirror.example:5000/library/python:3.13-slim-trixie\n"
    for is_first in (True, False):
        printed = lesson("gunicorn", env={"REGISTRY_MIRROR": mirror}, check=is_first).stdout
        assert (line in printed) is said


def test_base_image_to_type_has_the_package_index_in_it(engine, make, tree):
    site = {"PIP_INDEX_URL": "https://index.example/simple"}
    printed = make("lesson", cwd=tree, STAGE="healthcheck", env=site).stdout
    image = re.search(r"^  export BASE_IMAGE=(\S+)$", printed, re.MULTILINE)[1]
    try:
        assert (
            engine("run", "--rm", image, "pip", "config", "list").stdout
            == f"global.index-url='{site['PIP_INDEX_URL']}'\n"
        )
    finally:
        engine("rmi", image)


@pytest.mark.parametrize("stage", ["hardened", "identidock", "docker/support/redis"])
def test_stage_without_a_working_folder_is_refused(lesson, tree, stage):
    result = lesson(stage, check=False)
    assert result.returncode != 0
    line = f"error: STAGE={stage} has no working folder; use one of: {' '.join(STARTS)}\n"
    assert result.stderr.startswith(line)
    assert not (tree / "lessons").exists()
