"""The lessons: their commands, files and targets exist, and both languages agree."""

import re
import shlex

import pytest
from engine import ROOT, run_command
from lessons import LANGUAGES, blocks, commands, exercises, lesson, moves, pages_to_walk, stages

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
    """Returns the words of each command line that calls make, as if it were typed at the top of the tree."""
    return [shlex.split(line.replace("make -C ../..", "make")) for line in commands(file) if line.split()[0] == "make"]


@pytest.mark.parametrize(("stage", "language"), FILES)
def test_lesson_covers_its_moves_of_the_course(stage, language):
    assert sorted(moves(lesson(stage, language))) == MOVES[stage]


@pytest.mark.parametrize(("stage", "language"), FILES)
def test_lesson_has_the_common_frame(stage, language):
    """A table of objectives and duration, a diagram, numbered exercises, usual errors, questions, what was learned."""
    text, french = lesson(stage, language).read_text(), language.endswith(".fr.md")
    head = text.split("\n## ")[0]
    rows = (
        ("Objectifs", "Durée", "Prérequis", "Nouveau") if french else ("Objectives", "Duration", "Prerequisites", "New")
    )
    assert [row for row in rows if not re.search(rf"^\| \*\*{row}[^|]*\*\* \| \S", head, re.MULTILINE)] == []
    assert "\n```\n" in head  # the diagram
    numbers = [int(heading.split()[0].rstrip(":\u00a0")) for heading in exercises(lesson(stage, language))]
    assert numbers == list(range(1, len(numbers) + 1))
    sections = ("En cas de problème", "Questions", "Ce que vous avez appris")
    wanted = sections if french else ("When it does not work", "Questions", "What you learned")
    assert [heading for heading in re.findall(r"^## (.*)$", text, re.MULTILINE) if heading in wanted] == list(wanted)
    assert text.split(f"\n## {wanted[0]}\n")[1].split("\n## ")[0].count("\n| ") >= 6  # a head and five errors
    learned = text.split(f"\n## {wanted[2]}\n")[1]
    assert f"docs/glossary{'.fr' if french else ''}.md#" in learned
    assert "Dockerfile](Dockerfile" in learned or "`Dockerfile`](Dockerfile" in learned


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
def test_lesson_says_once_how_to_build_on_another_base(stage, language):
    """REGISTRY_MIRROR, PIP_INDEX_URL and the like reach builds typed by hand in the base image."""
    text = lesson(stage, language).read_text()
    assert text.count("`--build-arg BASE_IMAGE`") == 1
    assert any("export BASE_IMAGE=" in line or line == f"make lesson STAGE={stage}" for line in text.splitlines())


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


@pytest.mark.parametrize(
    "name", ["README.fr.md", "docker/README.fr.md", *(f"docker/{name}/README.fr.md" for name in stages())]
)
def test_french_page_leads_to_french_pages(name):
    assert untranslated(ROOT / name) == []


def untranslated(file):
    """Returns the links of a French page to English pages that exist in French; not those of its head."""
    addresses = re.findall(r"\]\(([^)#]+\.md)", file.read_text().split("\n", 3)[3])
    english = [address for address in addresses if not address.endswith(".fr.md")]
    return [address for address in english if (file.parent / address.replace(".md", ".fr.md")).exists()]


@pytest.mark.parametrize("stage", stages())
def test_both_languages_have_the_same_code(stage):
    english, french = (lesson(stage, language) for language in LANGUAGES)
    assert commands(english) == commands(french)
    for language in ("dockerfile", "text", "yaml"):
        first, second = ([b for b in blocks(file) if b.language == language] for file in (english, french))
        assert first == second
    assert moves(english) == moves(french)


PAGES = ["compose", "glossary", "machines", "old-lab", "teaching"]


@pytest.mark.parametrize("name", PAGES)
def test_pages_of_the_course_have_the_same_code_and_links(name):
    english, french = (ROOT / "docs" / f"{name}{ending}" for ending in (".md", ".fr.md"))
    assert blocks(english) == blocks(french)
    links = [re.findall(r"\]\(([^)#]+)", file.read_text().split("\n", 3)[3]) for file in (english, french)]
    assert [link.replace(".fr.md", ".md") for link in links[1]] == links[0]
    assert untranslated(french) == []


@pytest.mark.parametrize("language", [".md", ".fr.md"])
def test_page_of_the_old_lab_covers_every_move(language):
    rows = re.findall(r"^\| (\d+) \|", (ROOT / f"docs/old-lab{language}").read_text(), re.MULTILINE)
    assert [int(row) for row in rows] == list(range(1, 31))


@pytest.mark.parametrize("language", [".md", ".fr.md"])
def test_words_of_the_glossary_exist(language):
    headings = re.findall(r"^## (.*)$", (ROOT / f"docs/glossary{language}").read_text(), re.MULTILINE)
    anchors = {re.sub(r"[^\w-]", "", heading.lower().replace(" ", "-")) for heading in headings}
    files = [*(ROOT / "docker").glob(f"*/README{language}"), *(ROOT / f"docs/{name}{language}" for name in PAGES)]
    used = {word for file in files for word in re.findall(r"glossary(?:\.fr)?\.md#([^)]+)\)", file.read_text())}
    assert used - anchors == set()


LESSONS = [pytest.param(page, id=name) for name, page in pages_to_walk().items() if not name.startswith("old-lab")]


def durations(file):
    """Returns what a lesson says of its duration: its optional exercises; all minutes, and those of its commands."""
    row = re.search(r"^\| \*\*(?:Duration|Durée)\*\* \| (.*) \|$", file.read_text(), re.MULTILINE)[1]
    core, optional, commands_take = re.split(r"; |\u202f; | \(", row)
    named = optional.split(":")[0].replace("\u00a0", "")
    ranges = re.findall(r"(\d+)(?: (?:to|à) (\d+))?", named)
    numbers = [number for first, last in ranges for number in range(int(first), int(last or first) + 1)]
    minutes = sum(int(part.split(":")[1].split()[0]) for part in (core, optional))
    return numbers, minutes, int(re.search(r"\d+", commands_take)[0])


@pytest.mark.parametrize("page", LESSONS)
def test_exercises_beyond_the_core_are_called_optional(page):
    called = [int(re.match(r"\d+", heading)[0]) for heading in exercises(page) if re.search(r"\((opt|fac)", heading)]
    assert called == durations(page)[0]


@pytest.mark.parametrize("page", LESSONS)
def test_duration_leaves_time_to_read_type_wait_and_think(page):
    """It is 1.5 to 3 times that of reading, typing and waiting once, at the speeds of docs/teaching.md."""
    steps = blocks(page)
    typed = sum(len(step.text) for step in steps if step.mark != "excerpt" and (step.language != "text" or step.mark))
    words = len(re.sub(r"^(?:> )? *```.*?```$", "", page.read_text(), flags=re.MULTILINE | re.DOTALL).split())
    _optional, stated, waited = durations(page)
    assert 1.5 <= stated / (words / 130 + typed / 150 + waited) <= 3
