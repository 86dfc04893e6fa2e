"""make check-class: submissions are hostile input; reports show nothing but text; a class goes on where it stopped."""

import csv
import json
import os
import re
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest
from corpus import exercise
from engine import ROOT, wait_until

from scripts.checking.__main__ import judge_one
from scripts.checking.bounds import Bounds, Guard, run_build
from scripts.checking.classroom import judge_class
from scripts.checking.context import lay_context
from scripts.checking.judging import Judge, Place
from scripts.checking.submission import Submission
from scripts.checking.verdict import FAILED, NOT_JUDGED, PASSED, Fault, Result, Seen
from scripts.contract.engine import Engine

HOSTILE = "<script>alert(1)</script>\x1b[31m\"'&"


class Known(Judge):
    """Judges without an engine: points fail whose name is in the Dockerfile."""

    def __init__(self, stage="gunicorn"):
        super().__init__(Place(Engine("false"), exercise(stage), ROOT, ()))
        self.count = 0

    def judge(self, submission, points=None, say=lambda _: None):
        self.count += 1
        text = submission.dockerfile.decode("utf-8", "replace")
        if "stop here" in text:
            raise KeyboardInterrupt
        return [
            Result(point.name, point.weight, FAILED, Seen("user-root", {"command": HOSTILE}))
            if point.name in text
            else Result(point.name, point.weight, PASSED, Seen("second"))
            for point in self.place.exercise.points
        ]


@pytest.fixture
def handed_in(tmp_path):
    """A folder of submissions: two Dockerfiles, a hostile name, a link, a folder without a Dockerfile."""
    folder = tmp_path / "submissions"
    folder.mkdir()
    (folder / "amina.Dockerfile").write_text("FROM a:1\n")
    (folder / f"=cmd|{HOSTILE.replace('/', '')}").write_text(f"FROM a:1\n# user {HOSTILE}\n")
    (folder / "link").symlink_to("/etc/passwd")
    (folder / "nadia").mkdir()
    Path(os.fsdecode(os.fsencode(folder) + b"/nadia/\xe9")).touch()  # a name that is not UTF-8
    return folder


def test_class_has_a_report_of_each_kind(handed_in, tmp_path, capsys):
    assert judge_class(Known(), handed_in, tmp_path, "en") == 0
    output = tmp_path / "gunicorn"
    data = json.loads((output / "check.json").read_text())
    assert {s["student"][:5]: s["score"] for s in data["submissions"]} == {
        "amina": sum(point.weight for point in exercise("gunicorn").points),
        "=cmd|": sum(point.weight for point in exercise("gunicorn").points if point.name != "user"),
        "link": 0,
        "nadia": 0,
    }
    refused = next(s for s in data["submissions"] if s["student"] == "link")
    assert [point["state"] for point in refused["points"][:2]] == [FAILED, NOT_JUDGED]
    assert refused["points"][0]["seen"] == "it is a symbolic link"
    suites = ElementTree.parse(output / "check.xml").getroot()
    assert [suite.get("failures") for suite in suites] == ["1", "0", "1", "1"]
    rows = list(csv.DictReader((output / "check.csv").open()))
    assert rows[0]["Student"].startswith("'=cmd|")
    assert (rows[0]["user"], rows[1]["user"], rows[2]["user"]) == ("0", "2", "")
    assert "4/4 nadia: 0 of" in capsys.readouterr().out


@pytest.mark.parametrize("language", ["en", "fr"])
def test_pages_show_names_and_files_as_text(handed_in, tmp_path, language):
    judge_class(Known(), handed_in, tmp_path, language)
    output = tmp_path / "gunicorn"
    pages = [output / "index.html", *(output / "students").iterdir()]
    assert len(pages) == 5
    for page in pages:
        text = page.read_text()
        assert "<script" not in text
        assert "\x1b" not in text
        assert "default-src 'none'" in text
        assert not re.search(r"(?:src|href)=\"(?!students/|\.\./index\.html)", text)
        assert f'<html lang="{language}">' in text
        assert re.fullmatch(r"[\w-]+\.html", page.name)
    links = re.findall(r'href="students/([^"]+)"', pages[0].read_text())
    assert sorted(links) == sorted(page.name for page in pages[1:])


def test_class_goes_on_where_it_was_stopped(handed_in, tmp_path, capsys):
    (handed_in / "b.Dockerfile").write_text("FROM a:1\n# stop here\n")
    first, second = Known(), Known()
    with pytest.raises(KeyboardInterrupt):
        judge_class(first, handed_in, tmp_path, "en")
    (handed_in / "b.Dockerfile").write_text("FROM a:1\n# user\n")
    for file in (tmp_path / "gunicorn/kept").iterdir():
        file.write_text(json.dumps(json.loads(file.read_text()) | {"seconds": 600}))
    assert judge_class(second, handed_in, tmp_path, "en") == 0
    assert (first.count, second.count) == (3, 1)
    assert capsys.readouterr().out.count("(kept from before)") == 2
    assert ", 20 minutes," in (tmp_path / "gunicorn/index.html").read_text()


def test_student_is_named_before_the_submission_is_judged(handed_in, tmp_path):
    judge, events = Known(), []
    judge.announce = lambda name, /, **values: events.append((name, values["student"], judge.count))
    judge_class(judge, handed_in, tmp_path, "en")
    judge_class(judge, handed_in, tmp_path, "en")
    assert [(name, count) for name, _, count in events] == [("judging", 0), ("judging", 1)]
    assert events[1][1] == "amina"


def test_changed_submission_is_judged_again(handed_in, tmp_path):
    judge = Known()
    judge_class(judge, handed_in, tmp_path, "en")
    (handed_in / "amina.Dockerfile").write_text("FROM a:2\n")
    judge_class(judge, handed_in, tmp_path, "en")
    assert judge.count == 3


def test_folder_without_submissions_is_an_error(tmp_path, capsys):
    assert judge_class(Known(), tmp_path, tmp_path / "out", "en") == 2
    assert "there are no submissions" in capsys.readouterr().err


def test_build_that_takes_too_long_is_ended(tmp_path):
    guard = Guard(Engine("false"), replace(Bounds(), build=1))
    start = time.monotonic()
    with guard, pytest.raises(Fault, match="exceeded-build"):
        run_build(["sh", "-c", f"echo $$ >{tmp_path}/pid; yes & sleep 300"], guard)
    assert time.monotonic() - start < 30
    child = (tmp_path / "pid").read_text().strip()
    wait_until(lambda: not Path(f"/proc/{child}").exists(), what="the end of the build")


def test_output_of_a_build_is_kept_to_its_end():
    guard = Guard(Engine("false"), Bounds())
    with guard:
        status, log = run_build(["sh", "-c", "yes | head -c 3000000; echo the end; exit 3"], guard)
    assert status == 3
    assert log.endswith("the end\n")
    assert len(log) < 200_000


@pytest.mark.parametrize(("bounds", "cause"), [({"total": 0}, "exceeded-time"), ({"disk": 1 << 20}, "exceeded-disk")])
def test_submission_that_exceeds_a_bound_is_stopped(tmp_path, bounds, cause):
    with Guard(Engine("true"), replace(Bounds(), **bounds), str(tmp_path)) as guard:
        with (tmp_path / "filled").open("wb") as file:
            # More and more, since another program may free space meanwhile.
            wait_until(lambda: guard.exceeded or not file.write(bytes(8 << 20)), what="the end of the submission")
        with pytest.raises(Fault, match=cause):
            guard.check()


def test_student_files_come_beside_those_that_are_given(tmp_path):
    files = {"boot.sh": b"mine", "app/ops/health.py": b"mine", "notes/a.txt": b"mine", ".dockerignore": b"mine"}
    submission = Submission(b"FROM a:1\n", files)
    lay_context(tmp_path, ROOT, ["app", "boot.sh"], exercise("gunicorn"), submission)
    assert {path for path in files if (tmp_path / path).read_bytes() == b"mine"} == set(files) - {"app/ops/health.py"}
    assert (tmp_path / "boot.sh").stat().st_mode & 0o777 == 0o644
    assert "canary" in (tmp_path / ".env").read_text()
    assert not (tmp_path / "docker").exists()


@pytest.mark.parametrize(("given", "files"), [("mallory.Dockerfile", set()), (".", {"diary.txt"})])
def test_stranger_gets_no_files_beside_a_dockerfile(tmp_path, monkeypatch, given, files):
    (tmp_path / "mallory.Dockerfile").write_text("FROM a:1\n")
    (tmp_path / "diary.txt").write_text("private")
    judged, announced = [], []
    judge = Known()
    judge.announce = lambda name, /, **values: announced.append((name, values))
    monkeypatch.setattr(judge, "judge", lambda submission, *_: judged.append(submission) or [])
    options = SimpleNamespace(path=tmp_path / given, language="en", points="all", report="")
    judge_one(judge, options)
    assert set(judged[0].files) == files
    alone = ("alone", {"name": given, "folder": tmp_path})
    assert announced == ([] if files else [alone])


def test_submission_without_a_base_image_is_judged_again(handed_in, tmp_path, monkeypatch):
    judge = Known()
    monkeypatch.setattr(
        judge,
        "judge",
        lambda submission: [Result("file", 1, NOT_JUDGED, Seen("base-missing", {"image": "a", "why": "b"}))],
    )
    judge_class(judge, handed_in, tmp_path, "en")
    assert list((tmp_path / "gunicorn/kept").iterdir()) == []
