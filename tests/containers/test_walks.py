"""A student goes through each lesson, and sees what it shows."""

import os
from pathlib import Path

import pytest
from engine import ROOT
from lessons import lesson, stages
from walk import Walk

LESSONS = stages()
PAGES = ["compose", "old-lab"]
WALKS = {stage: lesson(stage) for stage in LESSONS} | {page: ROOT / f"docs/{page}.md" for page in PAGES}


@pytest.fixture
def walk(any_builder, project, tree, tmp_path):
    """A terminal in a copy of the tree, whose docker command is that of the newest builder."""
    commands = tmp_path / "bin"
    commands.mkdir()
    (commands / "docker").symlink_to(any_builder.cli)
    path = f"{commands}:{os.environ['PATH']}"
    environment = os.environ | any_builder.env | {"PATH": path, "COMPOSE_PROJECT_NAME": project}
    return Walk(any_builder, tree, tmp_path / "state", environment, project)


@pytest.mark.thorough
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("name", WALKS)
def test_lesson_works_and_prints_what_it_shows(walk, name):
    faults = walk.through(WALKS[name])
    if "WALK_TRANSCRIPTS" in os.environ:
        text = "".join(
            f"$ {one.command}\n{one.printed}[{one.status}, {one.seconds:.1f} s]\n\n" for one in walk.transcript
        )
        (Path(os.environ["WALK_TRANSCRIPTS"]) / f"{name}.txt").write_text(text)
    assert faults == []
