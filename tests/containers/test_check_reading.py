"""make check, what it reads: Dockerfiles, submissions, points.toml. No engine is needed."""

import re
import shutil
from types import SimpleNamespace

import pytest
from corpus import VERDICTS, cases, exercise, paths
from engine import ROOT

from scripts.checking.building import explain
from scripts.checking.dockerfile import UnreadableError, read_dockerfile
from scripts.checking.exercise import LANGUAGES, ExerciseError, read_exercise
from scripts.checking.judging import CHECKS
from scripts.checking.page import student_page
from scripts.checking.report import Judged, as_data, line
from scripts.checking.starting import read_sockets
from scripts.checking.subject import Subject
from scripts.checking.verdict import FAILED, PASSED, Fault, Result, Seen
from scripts.checking.words import _texts, hint_of, told
from scripts.contract.tree import Tree

pytestmark = pytest.mark.usefixtures("hadolint")

TEXT_POINTS = ("file", "lint", "base", "order")


def case_id(case):
    return f"{case.stage}-{case.name}"


def judge_text(case):
    """Returns the state of each point that the text decides."""
    subject = Subject(None, "", submission=case.read())
    states = {}
    for point in exercise(case.stage).points:
        if point.name in TEXT_POINTS:
            try:
                CHECKS[point.check](subject, point)
                states[point.name] = PASSED
            except Fault as error:
                states[point.name] = FAILED
                assert all(told(error.seen, language) for language in LANGUAGES)
    return states


def test_corpus_has_a_verdict_for_each_dockerfile():
    assert len(cases()) >= 40
    assert {stage: set(verdicts) for stage, verdicts in VERDICTS.items()} == {s: paths(s) for s in VERDICTS}
    names = {case_id(case): {point.name for point in exercise(case.stage).points} for case in cases()}
    unknown = {
        case_id(c): f for c in cases() if (f := set(VERDICTS[c.stage][c.name].get("failed", [])) - names[case_id(c)])
    }
    assert unknown == {}


@pytest.mark.parametrize("case", cases(), ids=case_id)
def test_points_of_the_text_are_judged_as_written(case):
    states, expected = judge_text(case), case.expected()
    if states["file"] == FAILED:
        assert expected["file"] == FAILED
    else:
        assert states == {name: expected[name] for name in states}


@pytest.mark.parametrize("stage", VERDICTS)
def test_each_point_fails_somewhere_in_the_corpus(stage):
    failing = {name for verdict in VERDICTS[stage].values() for name in verdict.get("failed", [])}
    in_gunicorn = {name for verdict in VERDICTS["gunicorn"].values() for name in verdict.get("failed", [])}
    points = {point.name for point in exercise(stage).points}
    assert points - failing - in_gunicorn - {"second"} - ({"unhealthy"} if stage == "optimized" else set()) == set()


@pytest.mark.parametrize("stage", VERDICTS)
def test_hints_are_not_the_solution(stage):
    solution = {
        line.strip() for line in (ROOT / "docker" / stage / "Dockerfile").read_text().splitlines() if line.strip()
    }
    for point in exercise(stage).points:
        for language in LANGUAGES:
            assert not [line for line in solution if line in point.texts[language]["hint"] and " " in line]


@pytest.mark.parametrize(("language", "readme"), [("en", "README.md"), ("fr", "README.fr.md")])
def test_hint_for_labels_names_their_exercise(language, readme):
    lesson = (ROOT / "docker/optimized" / readme).read_text(encoding="utf-8")
    [heading] = re.findall(r"^## (Exerci[cs]e \d+)\b.* labels$", lesson, re.MULTILINE)
    point = next(point for point in exercise("optimized").points if point.name == "labels")
    assert point.texts[language]["hint"].startswith(heading)


@pytest.mark.parametrize("language", LANGUAGES)
def test_missing_check_has_a_hint_of_its_own(language):
    """A command of a check that does not exist can't be tried."""
    point = next(point for point in exercise("optimized").points if point.name == "healthy")
    usual = point.texts[language]["hint"]
    hints = {}
    for cause in ("healthy-none", "healthy-not"):
        judged = Judged("susan", "", (Result("healthy", 1, FAILED, Seen(cause, {"output": "404"})),))
        [result] = as_data(judged, exercise("optimized"), language)["points"]
        hints[cause] = result["hint"]
        assert hints[cause] in line(judged.results[0], point, language)
        assert hints[cause] in student_page(exercise("optimized"), judged, language)
    assert hints["healthy-not"] == usual
    assert hints["healthy-none"] not in ("", usual)


def test_texts_exist_in_each_language_with_the_same_values():
    for name, texts in _texts().items():
        assert set(texts) == set(LANGUAGES), name
        fields = [set(re.findall(r"\{(\w+)\}", texts[language])) for language in LANGUAGES]
        assert fields[0] == fields[1], name
        for language in LANGUAGES:
            assert "\x1b" not in told(Seen(name, dict.fromkeys(fields[0], "\x1b[1m")), language)


def test_each_cause_has_a_text():
    source = "".join(path.read_text() for path in (ROOT / "scripts/checking").glob("*.py"))
    causes = set(
        re.findall(r"(?:Fault|Unjudged|UnreadableError|RefusedError|seen|Seen|word|announce)\(\s*\"([a-z-]+)\"", source)
    )
    assert len(causes) > 60
    assert causes - set(_texts()) == set()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("FROM a:1\nRUN true\n", ["RUN"]),
        ("\ufefffrom a:1\r\nrun a && \\\r\n  # why\r\n  b\r\n", ["RUN"]),
        ("FROM a:1\nRUN <<EOF\nFROM users\nBAD line\nEOF\nCMD a\n", ["RUN", "CMD"]),
        ("FROM a:1\nCOPY <<-'END' /a\n\ttext\n\tEND\nUSER b\n", ["COPY", "USER"]),
        ("# escape=`\nFROM a:1\nRUN a `\n  b\nUSER c", ["RUN", "USER"]),
        ("FROM a:1\nRUN a \\", ["RUN"]),
        ("FROM a:1\nRUN cat <<<b && echo $((1<<c))\nUSER d\n", ["RUN", "USER"]),
        ("FROM a:1\nENV A\nARG\nENV =b 'c\nUSER d\n", ["ENV", "ARG", "ENV", "USER"]),
    ],
)
def test_instructions_are_read(text, names):
    assert [instruction.name for instruction in read_dockerfile(text.encode()).instructions] == names


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "unreadable-empty"),
        (b"# only a comment\n", "unreadable-empty"),
        (b"FROM a:1\nINSTALL b\n", "unreadable-instruction"),
        (b"RUN a\n", "unreadable-no-from"),
        ("FROM a:1\n".encode("utf-16"), "unreadable-encoding"),
        (b"FROM a:1\n\0", "unreadable-binary"),
    ],
)
def test_file_that_is_no_dockerfile_is_named(content, why):
    with pytest.raises(UnreadableError) as error:
        read_dockerfile(content)
    assert error.value.why == why


def test_base_images_are_replaced_and_nothing_else():
    text = (
        "# syntax=docker/dockerfile:1\nARG V=3.13\nFROM --platform=linux/amd64 python:${V:-3.12} AS one\n"
        "RUN echo FROM python:3.13\nFROM one\nCOPY --from=tool:2 /a /b\nCOPY --from=one /c /d\n"
    )
    dockerfile = read_dockerfile(text.encode())
    assert dockerfile.images == ["python:3.13", "tool:2"]
    assert dockerfile.base == "python:3.13"
    replaced = dockerfile.start_from({"python:3.13": "stand/in:1", "tool:2": "stand/in:2"})
    assert replaced == (
        "#\nARG V=3.13\nFROM --platform=linux/amd64 stand/in:1 AS one\n"
        "RUN echo FROM python:3.13\nFROM one\nCOPY --from=stand/in:2 /a /b\nCOPY --from=one /c /d\n"
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("weight = 3", "weight = 0"), "weight=0"),
        (('needs = ["second"]', 'needs = ["third"]'), "needs 'third'"),
        (('name = "user"', 'name = "User!"'), "not a name"),
        (('name = "user"', 'name = "user"\ncheck = "magic"'), "check='magic'"),
        (('what = "No process runs as root."\n', ""), "needs [point.en] with what, why, hint"),
        (("canaries = true", "canary = true"), "the key 'canary'"),
        (("[[point]]", "[[point]"), "can't be read"),
        (('like = "v0.2"', 'like = "healthcheck"'), "which has none of its own"),
    ],
)
def test_points_that_make_no_sense_are_refused(tmp_path, change, message):
    for path in (ROOT / "docker").glob("*/points.toml"):
        (tmp_path / path.parent.name).mkdir()
        shutil.copy(path, tmp_path / path.parent.name)
    file = tmp_path / "gunicorn/points.toml"
    assert change[0] in file.read_text()
    file.write_text(file.read_text().replace(*change))
    with pytest.raises(ExerciseError, match=re.escape(message)):
        read_exercise(tmp_path, "gunicorn", set(CHECKS))


def test_reason_of_a_failed_build_is_told():
    reason, command = "/bin/sh: 1: a: not found", "[/bin/sh -c a]: exit code: 127"
    legacy = (
        f"Step 2/3 : RUN a\n ---> Running in 1\n{reason}\nThe command '/bin/sh -c a' returned a non-zero code: 127\n"
    )
    assert explain(legacy).endswith(reason)
    buildkit = (
        f"#5 [2/2] RUN a\n#5 0.3 {reason}\n#5 ERROR: executor failed running {command}\n------\n > [2/2] RUN a:\n"
    )
    assert explain(buildkit) == f"[2/2] RUN a / {reason}"
    assert "failed to create endpoint" in explain(
        "#5 ERROR: executor failed running [a]: failed to create endpoint b\n"
    )


@pytest.mark.parametrize(
    ("status", "log", "cause"),
    [
        (0, "", "start-silent"),
        (0, "done\n", "start-ended"),
        (1, "", "start-ended"),
        (126, "exec: permission denied", "start-permission"),
    ],
)
def test_silent_end_has_a_cause_of_its_own(status, log, cause):
    """As that of the base image's python3 without input, which no change of a script prevents."""
    subject = Subject(None, "")
    subject._exported = (Tree({}), [])
    fault = subject.ended(SimpleNamespace(state={"ExitCode": status}, log=lambda: log))
    assert fault.seen.text == cause
    for language in LANGUAGES:
        assert bool(hint_of(fault.seen, language)) == (cause == "start-silent")


def test_sockets_are_read():
    table = """  sl  local_address rem_address   st
   0: 0100007F:1388 00000000:0000 0A
   1: 0B00007F:9C41 00000000:0000 0A
   2: 0200A8C0:1F90 0100A8C0:9C40 01
  sl  local_address                         remote_address                        st
   0: 00000000000000000000000000000000:1389 00000000000000000000000000000000:0000 0A
   1: 00000000000000000000000001000000:138A 00000000000000000000000000000000:0000 0A
"""
    assert read_sockets(table) == {("127.0.0.1", 5000), ("0.0.0.0", 5001), ("127.0.0.1", 5002)}
