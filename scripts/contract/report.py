"""Reports of a run: lines for a terminal, JSON, JUnit."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict
from pathlib import Path
from xml.etree import ElementTree

from .verdict import FAILED, PASSED, Result

WORDS = {PASSED: "pass", FAILED: "fail"}


def line(result: Result, claimed: bool) -> str:
    """Returns a result as text: what was seen and, where a claimed point fails, the remedy and the command."""
    if claimed:
        text = f"{WORDS.get(result.state, result.state):<12} {result.name:<12} {result.seen}"
    else:
        text = f"{'not claimed':<12} {result.name:<12} {WORDS.get(result.state, result.state)}: {result.seen}"
    if claimed and result.state == FAILED:
        text += f"\n{'':26}remedy: {result.remedy}"
        text += f"\n{'':26}tried:  {result.tried}" if result.tried else ""
    return text


def summary(results: Sequence[Result], claims: Collection[str]) -> str:
    """Returns the number of points in each state, in one line."""
    kept = sum(result.state == PASSED for result in results if result.name in claims)
    failed = [result.name for result in results if result.name in claims and result.state != PASSED]
    others = sum(result.name not in claims for result in results)
    text = f"{kept} of {kept + len(failed)} claimed points hold"
    text += f", not: {', '.join(failed)}" if failed else ""
    return text + (f"; {others} not claimed" if others else "")


def write(path: Path, title: str, results: Sequence[Result], claims: Collection[str]) -> None:
    """Writes a report as JSON or, where the name ends in .xml, as JUnit."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = _junit(title, results, claims) if path.suffix == ".xml" else _json(title, results, claims)
    path.write_text(text + "\n", encoding="utf-8")


def _json(title: str, results: Sequence[Result], claims: Collection[str]) -> str:
    points = [asdict(result) | {"claimed": result.name in claims} for result in results]
    return json.dumps({"packaging": title, "points": points}, indent=2, ensure_ascii=False)


def _junit(title: str, results: Sequence[Result], claims: Collection[str]) -> str:
    claimed = [result for result in results if result.name in claims]
    suite = ElementTree.Element(
        "testsuite",
        name=f"accept {title}",
        tests=str(len(results)),
        failures=str(sum(result.state != PASSED for result in claimed)),
        skipped=str(len(results) - len(claimed)),
        time=f"{sum(result.seconds for result in results):.1f}",
    )
    for result in results:
        case = ElementTree.SubElement(
            suite, "testcase", classname=f"accept.{title}", name=result.name, time=str(result.seconds)
        )
        if result.name not in claims:
            ElementTree.SubElement(case, "skipped", message=f"not claimed; {result.state}: {result.seen}")
        elif result.state != PASSED:
            failure = ElementTree.SubElement(case, "failure", type=result.state, message=result.seen)
            failure.text = result.remedy
    ElementTree.indent(suite)
    return ElementTree.tostring(suite, encoding="unicode", xml_declaration=True)
