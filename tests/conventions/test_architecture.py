"""docs/architecture.md names every module of app/ once, and none that does not exist."""

import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = ROOT / "docs" / "architecture.md"
NAME = re.compile(r"`(\w[\w/]*)`")
NOTE = re.compile(r"\([^)]*\)")  # an explanation after a module's name


def modules(folder):
    """Return the modules below `folder`, as in "web/hooks". The `__init__` of a package counts only at the root."""
    names = (path.relative_to(folder).with_suffix("").as_posix() for path in folder.rglob("*.py"))
    return {name for name in names if not name.endswith("/__init__")}


def documented(markdown):
    """Return the modules that the tables name, each as often as they do.

    A table headed "module" has one in its first column; one headed "feature" has a package there, and the names of its
    modules in the last column.
    """
    names, header = [], None
    for line in markdown.splitlines():
        if not line.startswith("|"):
            header = None
            continue
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        header = header or cells[0]
        if header == "module":
            names += NAME.findall(cells[0])
        elif header == "feature":
            names += [f"{feature}/{name}" for feature in NAME.findall(cells[0]) for name in listed(cells[-1])]
    return Counter(names)


def listed(cell):
    """Return the names in a cell, without those in its notes."""
    return NAME.findall(NOTE.sub("", cell))


def faults(named, existing):
    """Return what is wrong with the tables: modules that are missing, named twice, or gone."""
    return (
        [f"missing: {name}" for name in sorted(existing - set(named))]
        + [f"named twice: {name}" for name, number in sorted(named.items()) if number > 1]
        + [f"no such module: {name}" for name in sorted(set(named) - existing)]
    )


def test_architecture_names_every_module_once():
    assert faults(documented(DOCUMENT.read_text(encoding="utf-8")), modules(ROOT / "app")) == []


@pytest.mark.parametrize(
    ("table", "found"),
    [
        ("| module | does |\n|---|---|\n| `logs` | x |\n| `web/hooks` | x |", []),
        ("| module | does |\n|---|---|\n| `logs` | x |", ["missing: web/hooks"]),
        ("| module | does |\n|---|---|\n| `logs` | x |\n| `logs` | x |\n| `web/hooks` | x |", ["named twice: logs"]),
        ("| module | does |\n|---|---|\n| `logs` | x |\n| `web/hooks`, `mail` | x |", ["no such module: mail"]),
    ],
)
def test_faults_are_found(table, found):
    assert faults(documented(table), {"logs", "web/hooks"}) == found


@pytest.mark.parametrize(
    ("table", "names"),
    [
        ("| module | does |\n|---|---|\n| `logs` | writes `logs` |", {"logs": 1}),
        ("| module | does |\n|---|---|\n| `web/hooks` | ids |\n| `web/hooks` | ids |", {"web/hooks": 2}),
        ("| feature | does | modules |\n|---|---|---|\n| `posts` | `x` | `models`, `forms` |",
         {"posts/models": 1, "posts/forms": 1}),
        ("| feature | modules |\n|---|---|\n| `search` | `words`, `commands` (`flask search`) |",
         {"search/words": 1, "search/commands": 1}),
        ("| layer | does |\n|---|---|\n| `routes` | HTTP |", {}),
        ("`logs` outside a table", {}),
    ],
)  # fmt: skip
def test_documented_reads_tables(table, names):
    assert documented(table) == names


def test_modules_skip_packages(tmp_path):
    for name in ("__init__", "logs", "web/__init__", "web/hooks", "jobs/__main__"):
        path = tmp_path / f"{name}.py"
        path.parent.mkdir(exist_ok=True)
        path.touch()
    assert modules(tmp_path) == {"__init__", "logs", "web/hooks", "jobs/__main__"}
