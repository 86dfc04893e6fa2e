"""A student goes through each lesson, and sees what it shows."""

import os
from pathlib import Path

import pytest
from advisories import FLASK
from engine import ROOT
from lessons import lesson, stages
from walk import Walk

WALKS = {
    f"{name}-{language}": page
    for language, ending in (("en", ".md"), ("fr", ".fr.md"))
    for name, page in [
        *((stage, lesson(stage, f"README{ending}")) for stage in stages()),
        *((page, ROOT / f"docs/{page}{ending}") for page in ("compose", "old-lab")),
    ]
}


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
@pytest.mark.parametrize("name", WALKS)
def test_lesson_works_and_prints_what_it_shows(walk, name):
    faults = walk.through(WALKS[name])
    if "WALK_TRANSCRIPTS" in os.environ:
        text = "".join(
            f"$ {one.command}\n{one.printed}[{one.status}, {one.seconds:.1f} s]\n\n" for one in walk.transcript
        )
        (Path(os.environ["WALK_TRANSCRIPTS"]) / f"{name}.txt").write_text(text)
    assert faults == []
