"""The pages of a class: one for all students, and one for each; without script, in the reader's colours."""

from __future__ import annotations

from html import escape
from pathlib import Path
from string import Template

from .exercise import Exercise, Point
from .report import MARKS, Judged, texts_of
from .verdict import FAILED, PASSED, Result
from .words import told, word

TEMPLATE = Path(__file__).with_name("page.html")
CLASSES = {PASSED: "passed", FAILED: "failed"}
SHOWN = 20_000  # characters of a Dockerfile


def class_page(exercise: Exercise, submissions: list[Judged], minutes: float, language: str) -> str:
    """Returns the page of a class: its common faults, and the points by student."""
    mean = sum(100 * judged.score[0] / judged.score[1] for judged in submissions) / len(submissions)
    counts = word("counts", language, count=len(submissions), minutes=f"{minutes:.0f}", mean=f"{mean:.0f}")
    body = [
        f'<p class="soft">{escape(counts)}</p>',
        f"<h2>{escape(word('heading-faults', language))}</h2>",
        _faults(exercise, submissions, language),
        f"<h2>{escape(word('heading-students', language))}</h2>",
        f'<p class="soft">{escape(word("legend", language))}</p>',
        _table(exercise, submissions, language),
    ]
    return _page(word("title-class", language, stage=exercise.stage), "\n".join(body), language)


def _faults(exercise: Exercise, submissions: list[Judged], language: str) -> str:
    """Returns the points that fail, the most frequent first, with the students and the reason."""
    failing = [
        (sorted(j.student for j in submissions if j.state(point.name) == FAILED), point) for point in exercise.points
    ]
    failing = sorted(((students, point) for students, point in failing if students), key=lambda pair: -len(pair[0]))
    items = []
    for students, point in failing:
        count = word("fault-count", language, count=len(students), all=len(submissions))
        text = point.texts[language]
        share = 100 * len(students) / len(submissions)
        items.append(
            f'<li><span class="share"><span style="width:{share:.0f}%"></span></span>'
            f"<details><summary><strong>{escape(text['what'])}</strong> "
            f'<span class="soft">{escape(point.name)}, {escape(count)}</span></summary>'
            f"<p>{escape(text['why'])}</p><p>{escape(', '.join(students))}</p></details></li>"
        )
    return f'<ul class="faults">{"".join(items)}</ul>' if items else f"<p>{escape(word('no-faults', language))}</p>"


def _table(exercise: Exercise, submissions: list[Judged], language: str) -> str:
    heads = "".join(
        f'<th scope="col" title="{escape(point.texts[language]["what"])}"><span>{escape(point.name)}</span></th>'
        for point in exercise.points
    )
    rows = []
    for judged in submissions:
        by_name = {result.name: result for result in judged.results}
        cells = "".join(_cell(by_name.get(point.name), language) for point in exercise.points)
        earned, total = judged.score
        rows.append(
            f'<tr><th scope="row"><a href="students/{escape(judged.page)}">{escape(judged.student)}</a></th>'
            f'<td class="number">{earned}/{total}</td>{cells}</tr>'
        )
    return (
        f'<div class="wide" tabindex="0"><table class="class"><thead><tr><th scope="col">'
        f"{escape(word('student', language))}</th>"
        f'<th scope="col">{escape(word("score", language))}</th>{heads}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def _cell(result: Result | None, language: str) -> str:
    if result is None:
        return "<td></td>"
    state = word(result.state, language)
    return (
        f'<td class="{CLASSES.get(result.state, "open")}" title="{escape(told(result.seen, language))}">'
        f'<span aria-hidden="true">{MARKS[result.state]}</span><span class="hidden">{escape(state)}</span></td>'
    )


def student_page(exercise: Exercise, judged: Judged, language: str) -> str:
    """Returns the page of a student: each point with what was seen and, where it fails, why and a hint."""
    points = {point.name: point for point in exercise.points}
    earned, total = judged.score
    score = word("summary", language, earned=earned, all=total, stage=exercise.stage)
    items = "\n".join(_item(result, points[result.name], language) for result in judged.results)
    source = escape("".join(c if c in "\n\t" or c.isprintable() else "�" for c in judged.dockerfile[:SHOWN]))
    body = (
        f'<p><a href="../index.html">{escape(word("back", language))}</a></p><p class="soft">{escape(score)}</p>'
        f"<h2>{escape(word('heading-points', language))}</h2>\n{items}\n"
        f'<h2>{escape(word("heading-file", language))}</h2><pre tabindex="0">{source}</pre>'
    )
    title = word("title-student", language, stage=exercise.stage, student=judged.student)
    return _page(title, body, language)


def _item(result: Result, point: Point, language: str) -> str:
    text = texts_of(result, point, language)
    more = "".join(f"<p>{escape(word(part, language, text=text[part]))}</p>" for part in ("why", "hint"))
    return (
        f'<section class="{CLASSES.get(result.state, "open")}"><h3><span class="mark" aria-hidden="true">'
        f'{MARKS[result.state]}</span> {escape(text["what"])} <span class="soft">'
        f"{escape(word(result.state, language))}, {escape(word('weight', language, weight=result.weight))}</span></h3>"
        f"<p>{escape(told(result.seen, language))}</p>{more if result.state == FAILED else ''}</section>"
    )


def _page(title: str, body: str, language: str) -> str:
    page = Template(TEMPLATE.read_text(encoding="utf-8")).substitute(title=escape(title), body=body)
    return page.replace('<html lang="en">', f'<html lang="{language}">', 1)
