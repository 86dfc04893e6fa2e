"""A student goes through each lesson, and sees what it shows."""

import os
from pathlib import Path

import pytest
from advisories import FLASK
from lessons import pages_to_walk
from walk import Walk


@pytest.fixture
def walk(any_builder, project, tree, tmp_path, advisories):
    """A terminal in a copy of the tree, whose docker command is that of the newest builder."""
    commands = tmp_path / "bin"
    commands.mkdir()
    (commands / "docker").symlink_to(any_builder.cli)
    path = f"{commands}:{os.environ['PATH']}"
    own = {"PATH": path, "COMPOSE_PROJECT_NAME": project, "OSV_URL": advisories(FLASK)}
    environment = os.environ | any_builder.env | own
    return Walk(any_builder, tree, tmp_path / "state", environment, project)


@pytest.mark.thorough
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", pages_to_walk())
def test_lesson_works_and_prints_what_it_shows(walk, name):
    faults = walk.through(pages_to_walk()[name])
    if "WALK_TRANSCRIPTS" in os.environ:
        text = "".join(
            f"$ {one.command}\n{one.printed}[{one.status}, {one.seconds:.1f} s]\n\n" for one in walk.transcript
        )
        (Path(os.environ["WALK_TRANSCRIPTS"]) / f"{name}.txt").write_text(text)
    assert faults == []
