"""The lessons: their commands, files and targets exist, and both languages agree."""

import re
import shlex

import pytest
from engine import ROOT, run_command
from lessons import LANGUAGES, blocks, commands, lesson, moves, stages

# The moves of the course that each stage's lesson covers.
MOVES = {
    "ubuntu-sleep": [2, 3, 4, 5],
    "v0.2": [1, 6, 7, 8, 9, 10, 11, 13, 14, 15],
    "healthcheck": [17],
    "gunicorn": [12, 19, 20, 21, 27],
    "optimized": [16, 18, 22, 23, 24, 25, 26],
    "hardened": [],  # beyond the course
    "identidock": [28],
    "cowsay": [29, 30],
}
FILES = [pytest.param(stage, language, id=f"{stage}/{language}") for stage in stages() for language in LANGUAGES]


def make_lines(file):
    """Returns the words of each command line that calls make."""
    return [shlex.split(line) for line in commands(file) if line.split()[0] == "make"]


@pytest.mark.parametrize(("stage", "language"), FILES)
def test_lesson_covers_its_moves_of_the_course(stage, language):
    assert sorted(moves(lesson(stage, language))) == MOVES[stage]


@pytest.mark.parametrize(("stage", "language"), FILES)
def test_make_accepts_the_commands_of_a_lesson(stage, language):
    lines = make_lines(lesson(stage, language))
    assert lines
    for words in lines:
        result = run_command([*words, "--dry-run"], check=False)
        assert result.returncode == 0, f"{shlex.join(words)}: {result.stderr}"


@pytest.mark.parametrize(("stage", "language"), FILES)
def test_stages_and_targets_of_a_lesson_exist(stage, language):
    for words in make_lines(lesson(stage, language)):
        given = dict(word.split("=", 1) for word in words if "=" in word)
        if named := given.get("STAGE"):
            assert named in stages() or (ROOT / named).exists(), words
        if target := given.get("TARGET"):
            dockerfile = (ROOT / "docker" / named / "Dockerfile").read_text()
            assert re.search(rf"^FROM .* AS {re.escape(target)}$", dockerfile, re.MULTILINE), words


@pytest.mark.parametrize(("stage", "language"), FILES)
def test_build_contexts_of_a_lesson_exist(stage, language):
    for line in commands(lesson(stage, language)):
        if line.startswith("docker build"):
            context = shlex.split(line)[-1]
            assert (ROOT / context).is_dir(), line


@pytest.mark.parametrize(("stage", "language"), FILES)
def test_commands_of_a_lesson_are_valid_shell(stage, language):
    for block in blocks(lesson(stage, language)):
        if block.language == "sh":
            result = run_command(["bash", "-n"], stdin=block.text, check=False)
            assert result.returncode == 0, f"{block.text}{result.stderr}"


@pytest.mark.parametrize(("stage", "language"), FILES)
def test_lesson_shows_both_docker_and_make(stage, language):
    lines = commands(lesson(stage, language))
    assert any(line.startswith("docker build") for line in lines)
    assert {"build", "run"} & {words[1] for words in make_lines(lesson(stage, language))}


@pytest.mark.parametrize(("stage", "language"), FILES)
def test_every_question_has_a_folded_answer(stage, language):
    text = lesson(stage, language).read_text()
    questions = re.findall(r"^(\d+)\. ", text.split("\n## Questions\n")[1], re.MULTILINE)
    assert questions == [str(number) for number in range(1, len(questions) + 1)]
    assert len(questions) >= 3
    assert text.count("<details><summary>") == text.count("\n</details>") == len(questions)


@pytest.mark.parametrize(("stage", "language"), FILES)
def test_linked_files_exist(stage, language):
    file = lesson(stage, language)
    for address in re.findall(r"\]\(([^)#]+)[^)]*\)", file.read_text()):
        if not address.startswith("http"):
            assert (file.parent / address).exists(), address


@pytest.mark.parametrize("stage", stages())
def test_both_languages_have_the_same_code(stage):
    english, french = (lesson(stage, language) for language in LANGUAGES)
    assert commands(english) == commands(french)
    for language in ("dockerfile", "text"):
        first, second = ([b for b in blocks(file) if b.language == language] for file in (english, french))
        assert first == second
    assert moves(english) == moves(french)
