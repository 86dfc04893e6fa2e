"""Reports of judged submissions: lines for a terminal, JSON, JUnit, CSV."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import asdict, dataclass
from typing import Any
from xml.etree import ElementTree

from .exercise import Exercise, Point
from .verdict import FAILED, NOT_JUDGED, PASSED, Result, score
from .words import hint_of, told, word

MARKS = {PASSED: "✓", FAILED: "✗", NOT_JUDGED: "–"}


@dataclass(frozen=True)
class Judged:
    """What came of a submission; `page` is the file name of the student's page."""

    student: str
    digest: str
    results: tuple[Result, ...]
    dockerfile: str = ""
    seconds: float = 0
    page: str = ""

    @property
    def score(self) -> tuple[int, int]:
        return score(list(self.results))

    def state(self, name: str) -> str:
        """Returns the state of a point."""
        return next((result.state for result in self.results if result.name == name), NOT_JUDGED)


def line(result: Result, point: Point, language: str) -> str:
    """Returns a result as text; where a point fails, with why it matters and a hint."""
    text = f"{MARKS[result.state]} {word(result.state, language):<11} {result.name:<11} {told(result.seen, language)}"
    if result.state == FAILED:
        texts = texts_of(result, point, language)
        more = [texts["what"], *(word(part, language, text=texts[part]) for part in ("why", "hint"))]
        text += "".join(f"\n{'':26}{part}" for part in more)
    return text


def texts_of(result: Result, point: Point, language: str) -> dict[str, str]:
    """Returns the texts of a point, with the hint for what was seen."""
    texts = point.texts[language]
    return texts | {"hint": hint_of(result.seen, language) or texts["hint"]}


def summary(results: list[Result], stage: str, language: str) -> str:
    """Returns the score in one line."""
    earned, total = score(results)
    missing = [result.name for result in results if result.state == NOT_JUDGED]
    text = word("summary", language, earned=earned, all=total, stage=stage)
    return text + (word("summary-open", language, names=", ".join(missing)) if missing else "")


def as_data(judged: Judged, exercise: Exercise, language: str) -> dict[str, Any]:
    """Returns what JSON holds of a submission."""
    points = {point.name: point for point in exercise.points}
    earned, total = judged.score
    return {
        "student": judged.student,
        "digest": judged.digest,
        "score": earned,
        "of": total,
        "seconds": judged.seconds,
        "points": [
            {
                "name": result.name,
                "weight": result.weight,
                "state": result.state,
                "seen": told(result.seen, language),
                "cause": result.seen.text,
                "seconds": result.seconds,
                **texts_of(result, points[result.name], language),
            }
            for result in judged.results
        ],
    }


def as_json(exercise: Exercise, submissions: list[Judged], language: str) -> str:
    """Returns all results as JSON."""
    data = {"stage": exercise.stage, "submissions": [as_data(judged, exercise, language) for judged in submissions]}
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def as_junit(exercise: Exercise, submissions: list[Judged], language: str) -> str:
    """Returns all results as JUnit, a suite for each student."""
    root = ElementTree.Element("testsuites", name=f"check {exercise.stage}")
    for judged in submissions:
        states = [result.state for result in judged.results]
        suite = ElementTree.SubElement(
            root,
            "testsuite",
            name=judged.student,
            tests=str(len(states)),
            failures=str(states.count(FAILED)),
            skipped=str(states.count(NOT_JUDGED)),
            time=f"{judged.seconds:.1f}",
        )
        for result in judged.results:
            case = ElementTree.SubElement(
                suite, "testcase", classname=exercise.stage, name=result.name, time=str(result.seconds)
            )
            if result.state != PASSED:
                kind = "failure" if result.state == FAILED else "skipped"
                ElementTree.SubElement(case, kind, message=told(result.seen, language))
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def as_csv(exercise: Exercise, submissions: list[Judged], language: str) -> str:
    """Returns a line for each student: the score, then what each point earned; empty where it was not judged."""
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    names = [point.name for point in exercise.points]
    writer.writerow([word("student", language), word("score", language), "/", *names])
    for judged in submissions:
        earned, total = judged.score
        by_name = {result.name: result for result in judged.results}
        cells = [_cell(by_name.get(name)) for name in names]
        writer.writerow([_inert(judged.student), earned, total, *cells])
    return table.getvalue()


def _cell(result: Result | None) -> int | str:
    if result is None or result.state == NOT_JUDGED:
        return ""
    return result.weight if result.state == PASSED else 0


def _inert(text: str) -> str:
    """Returns a text that a spreadsheet does not take for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def store(judged: Judged) -> str:
    """Returns a submission's results as JSON that `restore` reads."""
    return json.dumps(asdict(judged))


def restore(text: str) -> Judged:
    """Returns what `store` wrote."""
    data = json.loads(text)
    results = tuple(Result.read(result) for result in data.pop("results"))
    return Judged(results=results, **data)
