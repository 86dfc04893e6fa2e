"""The figures of bench/ are saved outside the tree and published only from a complete set."""

import json
import shutil

import pytest

from bench import figures

TABLE = """\
| page | S, SQLite | L, SQLite | S, MariaDB | L, MariaDB |
|---|---:|---:|---:|---:|
| bare Flask | 3,200 | 3,200 | 3,200 | 3,200 |
| home | 800 (0.25) | 800 (0.25) | 800 (0.25) | 800 (0.25) |
"""
ROWS = [
    {"page": "bare Flask", "rate": 3200.4, "ratio": 1.0},
    {"page": "home", "rate": 800.0, "ratio": 0.25},
    {"page": "messages", "statements": 2},
]


@pytest.fixture
def readme(tmp_path, monkeypatch):
    """A copy of bench/README.md that `publish` writes; figures are saved in the same folder."""
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setattr(figures, "README", tmp_path / "README.md")
    (tmp_path / "bench").mkdir()
    return shutil.copy(figures.__file__.replace("figures.py", "README.md"), tmp_path / "README.md")


def test_publish_replaces_the_table_between_the_markers(readme):
    before = readme.read_text()
    for name in figures.PUBLISHED:
        figures.save(name, ROWS, 0.5)
    figures.publish()
    after = readme.read_text()
    assert after.split("<!-- figures -->\n")[1].split("<!-- /figures -->")[0] == TABLE
    assert figures.MARKERS.sub("", after) == figures.MARKERS.sub("", before)


def test_publish_refuses_incomplete_figures(readme):
    figures.save("S sqlite", ROWS, 0.5)
    with pytest.raises(SystemExit, match="no figures of L sqlite; run: make bench SET=L DB=sqlite"):
        figures.publish()


def test_publish_refuses_a_page_without_markers(readme):
    readme.write_text("# Benchmark\n")
    for name in figures.PUBLISHED:
        figures.save(name, ROWS, 0.5)
    with pytest.raises(SystemExit, match="lacks the lines <!-- figures --> and <!-- /figures -->"):
        figures.publish()


def test_saved_figures_keep_those_of_other_sets(readme):
    figures.save("S sqlite", ROWS, 0.5)
    figures.save("L sqlite", ROWS, 0.123456)
    saved = json.loads((readme.parent / "bench" / "results.json").read_text())
    assert (set(saved), saved["L sqlite"]["start"]) == ({"S sqlite", "L sqlite"}, 0.1235)
