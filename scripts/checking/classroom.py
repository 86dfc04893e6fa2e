"""Judges the submissions of a class one after the other, and writes reports; goes on where it was stopped."""

from __future__ import annotations

import hashlib
import os
import re
import sys
import time
from dataclasses import replace
from pathlib import Path

from .judging import Judge
from .page import class_page, student_page
from .report import Judged, as_csv, as_json, as_junit, restore, store
from .submission import RefusedError, Submission, list_submissions, read_submission
from .words import word

VERSION = 3  # of what `store` writes, and of the judging: results of an older one are not kept


def judge_class(judge: Judge, folder: Path, output: Path, language: str) -> int:
    """Judges each submission in a folder and writes reports to the folder `output`/STAGE; returns the exit status."""
    exercise = judge.place.exercise
    found = list_submissions(folder) if folder.is_dir() else []
    if not found:
        text = "give a folder in which each folder or Dockerfile is a student's"
        print(f"error: there are no submissions in DIR={folder}; {text}", file=sys.stderr)
        return 2
    output /= exercise.stage
    kept, pages = output / "kept", output / "students"
    for each in (kept, pages):
        each.mkdir(parents=True, exist_ok=True)
    submissions = []
    for number, (name, path) in enumerate(found, 1):
        judged, is_kept = _judge_kept(judge, name, path, kept)
        submissions.append(judged)
        earned, total = judged.score
        text = word("progress", language, number=number, all=len(found), student=name, earned=earned, total=total)
        print(text + (word("progress-kept", language) if is_kept else ""), flush=True)
        (pages / judged.page).write_text(student_page(exercise, judged, language), encoding="utf-8")
    minutes = sum(judged.seconds for judged in submissions) / 60
    for file, text in {
        "check.json": as_json(exercise, submissions, language),
        "check.xml": as_junit(exercise, submissions, language),
        "check.csv": as_csv(exercise, submissions, language),
        "index.html": class_page(exercise, submissions, minutes, language),
    }.items():
        (output / file).write_text(text, encoding="utf-8")
        print(word("wrote", language, path=output / file))
    return 0


def _judge_kept(judge: Judge, name: str, path: Path, kept: Path) -> tuple[Judged, bool]:
    """Returns what came of a submission, and whether that was known from before."""
    try:
        submission = read_submission(path, with_folder=path.is_dir())
    except RefusedError as error:
        return Judged(name, "", tuple(judge.refuse(error)), page=_page_name(name, path)), False
    file = kept / f"{_key(judge, submission)}.json"
    try:
        return replace(restore(file.read_text(encoding="utf-8")), student=name, page=_page_name(name, path)), True
    except (OSError, ValueError, KeyError, TypeError):
        pass
    judge.announce("judging", student=name)
    start = time.monotonic()
    results = tuple(judge.judge(submission))
    text = submission.dockerfile.decode("utf-8", "replace")
    seconds = round(time.monotonic() - start, 1)
    judged = Judged(name, submission.digest, results, text, seconds, _page_name(name, path))
    if all(result.is_final for result in results):
        part = file.with_suffix(".part")
        part.write_text(store(judged), encoding="utf-8")
        part.replace(file)
    return judged, False


def _key(judge: Judge, submission: Submission) -> str:
    """Returns the name under which the results of a submission are kept: they depend on its files and the points."""
    return hashlib.sha256(f"{VERSION} {submission.digest} {judge.place.exercise}".encode()).hexdigest()


def _page_name(name: str, path: Path) -> str:
    """Returns the file name of a student's page: readable, unique, and without anything that a path obeys."""
    readable = re.sub(r"[^A-Za-z0-9_-]+", "-", name).strip("-")[:40]
    return f"{readable or 'student'}-{hashlib.sha256(os.fsencode(path.name)).hexdigest()[:8]}.html"
