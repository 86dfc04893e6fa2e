"""The pages of `make check-class`: accessible, in both themes, on narrow screens and without JavaScript."""

import subprocess
import sys

import pytest
from conftest import ROOT
from test_accessibility import violations

# Thirty students, of whom one has a hostile name, and every state of a point.
PAGES = """
import sys
from pathlib import Path
from scripts.checking.exercise import read_exercise
from scripts.checking.judging import CHECKS
from scripts.checking.page import class_page, student_page
from scripts.checking.report import Judged
from scripts.checking.verdict import FAILED, NOT_JUDGED, PASSED, Result, Seen
exercise = read_exercise(Path("docker"), "gunicorn", set(CHECKS))
long = Seen("start-refused", {"line": "x" * 300})
seen = {PASSED: Seen("second"), FAILED: long, NOT_JUDGED: Seen("needs", {"point": "a"})}
def judged(name, number):
    states = [(PASSED, FAILED, NOT_JUDGED)[(number + i) % 3] for i, _ in enumerate(exercise.points)]
    results = tuple(Result(p.name, p.weight, s, seen[s]) for p, s in zip(exercise.points, states))
    return Judged(name, "1", results, "FROM python:3.13\\nRUN " + "long" * 200, 1.0, f"{number}.html")
names = ["<b onclick=alert(1)>" + "x" * 60, *(f"Student {number}" for number in range(29))]
students = [judged(name, number) for number, name in enumerate(names)]
folder = Path(sys.argv[1])
(folder / "students").mkdir()
(folder / "index.html").write_text(class_page(exercise, students, 12, "en"), encoding="utf-8")
(folder / "students/0.html").write_text(student_page(exercise, students[0], "en"), encoding="utf-8")
"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """The pages of a class and of its first student, with made-up results."""
    folder = tmp_path_factory.mktemp("check")
    subprocess.run([sys.executable, "-c", PAGES, folder], cwd=ROOT, check=True)
    return folder / "index.html", folder / "students/0.html"


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 360)])
@pytest.mark.parametrize("number", [0, 1], ids=["class", "student"])
def test_page_is_accessible_and_fits_the_screen(browser, pages, number, scheme, width):
    context = browser.new_context(
        color_scheme=scheme, viewport={"width": width, "height": 800}, bypass_csp=True, reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto(pages[number].as_uri())
    for details in page.locator("details").all():
        details.locator("summary").click()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()


def test_class_leads_to_its_students_without_javascript(browser, pages):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(pages[0].as_uri())
    page.locator("summary").first.click()
    assert page.locator("details p").first.is_visible()
    page.get_by_role("link", name="<b onclick").click()
    assert page.get_by_role("heading", level=1).text_content().startswith("Exercise gunicorn: <b onclick=alert(1)>")
    page.get_by_role("link", name="The class").click()
    assert page.locator("tbody tr").count() == 30
    context.close()
