"""The figures: saved in a file that git ignores, printed as a table, published in bench/README.md."""

import json
import os
import platform
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

README = Path(__file__).with_name("README.md")
MARKERS = re.compile(r"(<!-- figures -->\n).*(<!-- /figures -->)", re.DOTALL)
# The columns of the published table: the name of the figures, and the column's heading.
PUBLISHED = {
    "S sqlite": "S, SQLite",
    "L sqlite": "L, SQLite",
    "S mariadb": "S, MariaDB",
    "L mariadb": "L, MariaDB",
}
COLUMNS = {
    "page": "page", "rate": "requests/s", "ratio": "of bare", "cpu": "CPU ms", "cpu_ratio": "of bare",
    "p50": "p50 ms", "p99": "p99 ms",
    "statements": "statements", "slowest": "slowest ms", "memory": "PSS MB",
}  # fmt: skip

# The figures of one page, by their names in COLUMNS.
Row = dict[str, Any]


def folder() -> Path:
    """Return where bench keeps its data sets and figures."""
    return Path(os.environ.get("DATA_DIR") or "instance") / "bench"


def saved() -> dict[str, Any]:
    """Return the saved figures by data set and database, such as "S sqlite"."""
    path = folder() / "results.json"
    results: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return results


def save(name: str, rows: list[Row], seconds: float) -> None:
    """Save the rows, and the `seconds` of a start, beside the figures of the other data sets and databases."""
    results = saved()
    results[name] = {
        "when": datetime.now(UTC).date().isoformat(),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),  # of the machine's last minute; bench alone causes about 2
        "start": _short(seconds),
        "rows": [{column: _short(value) for column, value in row.items()} for row in rows],
    }
    text = json.dumps(results, indent=2, sort_keys=True) + "\n"
    (folder() / "results.json").write_text(text, encoding="utf-8")


def publish() -> None:
    """Write the saved figures into bench/README.md. Raises SystemExit if some, or the markers, are missing."""
    results = saved()
    for name in PUBLISHED:
        if name not in results:
            size, database = name.split()
            raise SystemExit(f"bench: there are no figures of {name}; run: make bench SET={size} DB={database}")
    text = README.read_text(encoding="utf-8")
    if not MARKERS.search(text):
        raise SystemExit(f"bench: {README.name} lacks the lines <!-- figures --> and <!-- /figures -->; add them")
    markdown = published_table({heading: results[name]["rows"] for name, heading in PUBLISHED.items()})
    README.write_text(MARKERS.sub(lambda found: found[1] + markdown + found[2], text), encoding="utf-8")


def published_table(columns: dict[str, list[Row]]) -> str:
    """Return a Markdown table of requests/s, and their ratio to bare Flask, by page and column heading."""
    measured = [{row["page"]: row for row in rows if "rate" in row} for rows in columns.values()]
    lines = [f"| page | {' | '.join(columns)} |", f"|---|{'---:|' * len(columns)}"]
    for page in measured[0]:
        cells = (_published_cell(rows[page]) if page in rows else "" for rows in measured)
        lines.append(f"| {page} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _published_cell(row: Row) -> str:
    ratio = "" if row["page"] == "bare Flask" else f" ({row['ratio']:.2f})"
    return f"{row['rate']:,.0f}{ratio}"


def table(rows: list[Row]) -> str:
    """Return the rows as a table for a terminal."""
    cells = [list(COLUMNS.values())]
    for row in rows:
        cells.append([_cell(column, row.get(column)) for column in COLUMNS])
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return "\n".join("  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)) for line in cells)


def _cell(column: str, value: str | float | None) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.3f}" if column.endswith("ratio") else f"{value:,.2f}" if column != "rate" else f"{value:,.0f}"
    return str(value)


def _short(value: Any) -> Any:
    return round(value, 4) if isinstance(value, float) else value
