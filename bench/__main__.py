"""Measure the pages against a bare Flask under the same server: `make bench`, or `python -m bench --help`."""

import argparse
import json
import os
import platform
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from urllib.parse import urlencode

from app import create_app
from app.database import db
from bench import load, sets, statements
from config import Config

RESULTS = Path(__file__).parent / "results.json"
READERS = 9
PROGRAMS = 90  # so many that none is told to wait (600 requests a minute)
PAGES = {"home": "/", "public": "/explore", "profile": "/user/{name}", "home, API": "/api/timelines/home"}
# Looked at for what they ask of the database alone.
ASKED = {
    "home, deep": "/?before={deep}",
    "public, deep": "/explore?before={deep}",
    "profile, deep": "/user/{name}?before={deep}",
    "messages": "/messages",
    "notifications": "/notifications",
    "profile, API": "/api/users/{person}/posts",
    "people, API": "/api/users?per_page=100&page={page}",
    "followers, API": "/api/users/{person}/followers?per_page=100",
    "following, API": "/api/users/{reader}/following?per_page=100",
    "messages, API": "/api/conversations",
    "notifications, API": "/api/notifications",
}


def main():
    options = arguments()
    environ = settings(options)
    app = create_app(Config(environ))
    sets.prepare(app, sets.SETS[options.set])
    with app.app_context():
        readers, owners = sets.readers(READERS), sets.readers(PROGRAMS)
        places = sets.places()
    # Outside of that context: a request would share its g.
    browsers = [sets.browser(app, session_id) for session_id in readers]
    programs = [sets.program(app, session_id) for session_id in owners]
    rows = measure(app, options, environ, places, lambda path: programs if path.startswith("/api/") else browsers)
    print(table(rows))
    seconds = load.starts(environ)
    print(
        "start: {prepare:.2f} s of app.ops.startup, {serve:.2f} s from gunicorn to the first answer".format(**seconds)
    )
    if options.save:
        save(f"{options.set} {database(app)}", rows, seconds)


def arguments():
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--set", choices=sets.SETS, default="S", help="how much data [S]")
    parser.add_argument("--rounds", type=int, default=3, help="how often each page is driven; the median counts [3]")
    parser.add_argument("--seconds", type=float, default=5, help="how long each time [5]")
    parser.add_argument("--save", action="store_true", help="put the figures into bench/results.json")
    return parser.parse_args()


def settings(options) -> dict[str, str]:
    """The environment of the application: DATABASE_URL's database if that is set, else a file of bench's own."""
    folder = Path(os.environ.get("DATA_DIR") or "instance") / "bench" / options.set
    folder.mkdir(parents=True, exist_ok=True)
    url = os.environ.get("DATABASE_URL") or f"sqlite:///{(folder / 'app.db').resolve()}"
    return {"DATA_DIR": str(folder), "DATABASE_URL": url, "SECRET_KEY": "the readers of bench/ are nobody"}


def measure(app, options, environ, places, readers_of) -> list[dict]:
    """One row of figures for bare Flask and for each page, as those see it whom `readers_of(path)` gives."""
    pages = {"bare Flask": None} | {name: path.format(**places) for name, path in PAGES.items()}
    runs = {name: [] for name in pages}
    with load.served("bench.hello:app", {}) as bare, load.served("microblog:app", environ) as site:
        for path in filter(None, pages.values()):  # once without being counted: with cold caches nothing is typical
            load.drive(f"{site[0]}{path}", site[1], options.seconds, readers_of(path))
        for _ in range(options.rounds):
            for name, path in pages.items():
                (address, worker), who = (site, readers_of(path)) if path else (bare, [])
                runs[name].append(load.drive(f"{address}{path or '/'}", worker, options.seconds, who))
        pss = load.memory(site[1])
    rows = [figures(name, runs[name], runs["bare Flask"]) for name in pages]
    rows[1]["memory"] = pss
    for row in rows[1:]:
        path = pages[row["page"]]
        row.update(asked(app, path, readers_of(path)))
    for name, pattern in ASKED.items():
        path = pattern.format(**places)
        rows.append({"page": name} | asked(app, path, readers_of(path)))
    return [*rows, searched(app, readers_of("/search")[:1])]


def figures(name: str, runs: list[dict], bare: list[dict]) -> dict:
    """The medians of the runs.

    The ratios to bare Flask are taken within each round, so that a busy machine slows both; that of processor time, in
    which others have no part, is what `ratio` would be on a machine with nothing else to do.
    """
    pairs = list(zip(runs, bare, strict=True))
    return (
        {"page": name}
        | {figure: median(run[figure] for run in runs) for figure in ("rate", "cpu", "p50", "p99")}
        | {
            "ratio": median(run["rate"] / other["rate"] for run, other in pairs),
            "cpu_ratio": median(other["cpu"] / run["cpu"] for run, other in pairs),
        }
    )


def asked(app, path: str, readers: list[dict[str, str]]) -> dict:
    number, slowest, text = statements.of_page(app, path, readers)
    return {"statements": number, "slowest": slowest, "slowest_statement": " ".join(text.split())}


def searched(app, readers: list[dict[str, str]]) -> dict:
    """The row of the search whose slowest statement is the slowest; whoever reads finds the same."""
    rows = [
        {"page": "search", "words": words} | asked(app, f"/search?{urlencode({'q': words})}", readers)
        for words in sets.WORDS
    ]
    for row in rows:
        print(f"search {row['words']}: {row['slowest']:.2f} ms")
    return max(rows, key=lambda row: row["slowest"])


def table(rows: list[dict]) -> str:
    """The rows for people."""
    columns = {
        "page": "page", "rate": "requests/s", "ratio": "of bare", "cpu": "CPU ms", "cpu_ratio": "of bare",
        "p50": "p50 ms", "p99": "p99 ms",
        "statements": "statements", "slowest": "slowest ms", "memory": "PSS MB",
    }  # fmt: skip
    cells = [list(columns.values())]
    for row in rows:
        cells.append([_cell(column, row.get(column)) for column in columns])
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return "\n".join("  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)) for line in cells)


def _cell(column: str, value) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.3f}" if column.endswith("ratio") else f"{value:,.2f}" if column != "rate" else f"{value:,.0f}"
    return str(value)


def database(app) -> str:
    """What the app's database calls itself."""
    with app.app_context(), db.engine.connect() as connection:
        dialect = connection.dialect
        return "mariadb" if getattr(dialect, "is_mariadb", False) else dialect.name


def save(name: str, rows: list[dict], seconds: dict[str, float]) -> None:
    """Put the rows, and the `seconds` of a start, beside those of other sets and databases."""
    results = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    results[name] = {
        "when": datetime.now(UTC).date().isoformat(),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),  # of the machine's last minute; bench alone makes about 2
        "start": {step: _short(taken) for step, taken in seconds.items()},
        "rows": [{column: _short(value) for column, value in row.items()} for row in rows],
    }
    RESULTS.write_text(json.dumps(results, indent=2, sort_keys=True) + "\n")


def _short(value):
    return round(value, 4) if isinstance(value, float) else value


if __name__ == "__main__":
    main()
