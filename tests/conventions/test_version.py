"""pyproject.toml holds the version; where a file must repeat it, such as a LABEL, it is the same."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
LABEL = re.compile(r"""\bversion[=":]+(\d+\.\d+\.\d+)""")


@pytest.mark.parametrize("path", sorted((ROOT / "docker").glob("*/*")), ids=lambda path: str(path.relative_to(ROOT)))
def test_labels_have_the_version_of_the_project(path):
    text = path.read_text(encoding="utf-8") if path.name == "Dockerfile" or path.suffix == ".md" else ""
    assert set(LABEL.findall(text)) <= {VERSION}


def test_changelog_has_a_section_for_the_version():
    assert f"\n## [{VERSION}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_label_is_found_in_dockerfiles_and_their_lessons():
    assert LABEL.findall('LABEL version="1.2.3"\n{"version":"4.5.6"}') == ["1.2.3", "4.5.6"]
