"""make check, what it reads of a student: regular files of bounded size, and none that belong to others. No engine."""

import os
from pathlib import Path

import pytest

from scripts.checking.submission import RefusedError, is_in_lesson, list_submissions, read_submission


def test_submission_of_links_devices_and_sizes(tmp_path):
    folder = tmp_path / "student"
    folder.mkdir()
    (tmp_path / "secret").write_text("secret")
    (folder / "Dockerfile").write_text("FROM a:1\n")
    (folder / "link").symlink_to(tmp_path / "secret")
    (folder / "folder").symlink_to(tmp_path)
    os.mkfifo(folder / "pipe")
    (folder / "boot.sh").write_text("a")
    assert set(read_submission(folder).files) == {"boot.sh"}
    (folder / "big").write_bytes(bytes(5 << 20))
    with pytest.raises(RefusedError, match="refused-file"):
        read_submission(folder)


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda path: path.symlink_to("/etc/passwd"), "refused-link"),
        (os.mkfifo, "refused-special"),
        (lambda path: path.mkdir(), "refused-none"),
        (lambda path: path.write_bytes(bytes(1 << 20)), "refused-file"),
        (lambda path: None, "refused-missing"),
        (lambda path: (path.mkdir(), (path / "Dockerfile").symlink_to("/etc/passwd")), "refused-link"),
        (lambda path: (path.mkdir(), os.mkfifo(path / "Dockerfile")), "refused-special"),
        (
            lambda path: (path.mkdir(), (path / "a.Dockerfile").touch(), (path / "b.Dockerfile").touch()),
            "refused-several",
        ),
    ],
)
def test_submission_that_can_not_be_read_is_refused(tmp_path, make, why):
    path = tmp_path / "student"
    make(path)
    with pytest.raises(RefusedError) as error:
        read_submission(path)
    assert error.value.why == why


@pytest.mark.parametrize(
    ("path", "takes_folder"),
    [
        ("lessons/gunicorn/Dockerfile", True),
        ("lessons/gunicorn/old/Dockerfile", True),
        ("lessons/../downloads/Dockerfile", False),
        ("lessons/linked/Dockerfile", False),
        ("lessons/Dockerfile", False),
        ("lessons.old/a/Dockerfile", False),
        ("downloads/mallory.Dockerfile", False),
        ("Dockerfile", False),
    ],
)
def test_dockerfile_comes_with_the_files_of_a_lesson_only(tmp_path, path, takes_folder):
    (tmp_path / "lessons").mkdir()
    (tmp_path / "downloads").mkdir()
    (tmp_path / "lessons/linked").symlink_to(tmp_path / "downloads")
    assert is_in_lesson(tmp_path / path, tmp_path / "lessons") == takes_folder


def test_students_of_a_class_are_named_by_their_files(tmp_path):
    for name in ("susan.Dockerfile", "Dockerfile.david", "Dockerfile", "emma Dockerfile.txt", ".DS_Store"):
        (tmp_path / name).touch()
    (tmp_path / "nadia").mkdir()
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/zo\xe9\x1b.Dockerfile")).touch()
    assert {name for name, _ in list_submissions(tmp_path)} == {
        "susan",
        "david",
        "Dockerfile",
        "emma",
        "nadia",
        r"zo\udce9\x1b",
    }
