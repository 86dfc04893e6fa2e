"""The page of `make compare`: accessible, in both themes, on narrow screens and without JavaScript; its picture."""

import subprocess
import sys

import pytest
from conftest import ROOT
from test_accessibility import violations

# Four stages, one of which has names that are hard to lay out.
PAGE = """
import sys
from scripts.images.page import render
layer = {"size": 10**8, "shadowed": 10, "added": 1, "changed": 2, "removed": 3, "instruction": "RUN " + "long" * 200}
stage = {"error": None, "start_error": None, "layers": [layer, layer | {"size": 10**6}], "setuid": ["usr/bin/su"],
         "writable": {"paths": ["data/" + "x" * 200]}, "labels": {"maintainer": "us"}}
stages = [stage | {"name": name} for name in ("gunicorn", "optimized", "x" * 60)]
table = [("Size on disk", ["100 MB"] * 3), ("Base", ["localhost/microblog-base/python:3.13-trixie"] * 3)]
failed = {"name": "alpine", "error": "not built: no base image"}
print(render({"revision": "1", "machine": "Linux", "stages": [*stages, failed]}, table))
"""


@pytest.fixture(scope="module")
def comparison(tmp_path_factory):
    """The file of a page with made-up figures."""
    path = tmp_path_factory.mktemp("comparison") / "index.html"
    path.write_bytes(subprocess.run([sys.executable, "-c", PAGE], cwd=ROOT, check=True, capture_output=True).stdout)
    return path


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 360)])
def test_comparison_is_accessible_and_fits_the_screen(browser, comparison, scheme, width):
    context = browser.new_context(
        color_scheme=scheme, viewport={"width": width, "height": 800}, bypass_csp=True, reduced_motion="reduce"
    )
    page = context.new_page()
    page.goto(comparison.as_uri())
    for details in page.locator("details").all():
        details.locator("summary").click()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    context.close()


def test_comparison_works_without_javascript(browser, comparison):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(comparison.as_uri())
    page.locator("summary").first.click()
    assert page.locator("details td.code").first.is_visible()
    assert page.get_by_text("not built: no base image").is_visible()
    context.close()


def test_picture_of_the_comparison_is_taken(browser, comparison, tmp_path):
    command = [sys.executable, "-m", "scripts.images.picture", str(comparison), str(tmp_path / "page.png")]
    subprocess.run(command, cwd=ROOT, check=True)
    picture = (tmp_path / "page.png").read_bytes()
    assert picture.startswith(b"\x89PNG")
    assert int.from_bytes(picture[16:20], "big") == 1440  # 960 wide, for screens with more pixels
