"""Measure the pages against a bare Flask application: `make bench`, or `python -m bench --help`."""

import argparse
import os
from collections.abc import Callable
from statistics import median
from urllib.parse import urlencode

from flask import Flask

from app import create_app
from app.database import db
from bench import figures, load, sets, statements
from bench.figures import Row
from config import Config

READERS = 9
TOKENS = 90  # enough that none reaches its rate limit of 600 requests a minute
# The pages to measure, and their paths.
PAGES = {"home": "/", "public": "/explore", "profile": "/user/{name}", "home, API": "/api/timelines/home"}
# The pages whose statements alone are measured.
EXAMINED = {
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

# The headers that sign in the readers of a page, each as a dict of one header.
Readers = list[dict[str, str]]


def main() -> None:
    options = arguments()
    if options.publish:
        figures.publish()
        return
    environ = settings(options.set)
    app = create_app(Config(environ))
    sets.prepare(app, sets.SETS[options.set])
    with app.app_context():
        readers, owners = sets.readers(READERS), sets.readers(TOKENS)
        places = sets.places()
    # Outside the context above: the test client's requests would share its g.
    browsers = [sets.browser(app, user_id) for user_id in readers]
    programs = [sets.program(app, user_id) for user_id in owners]
    rows = measure(app, options, environ, places, lambda path: programs if path.startswith("/api/") else browsers)
    print(figures.table(rows))
    seconds = load.start_seconds(environ)
    print(f"start: {seconds:.2f} s from gunicorn to the first answer")
    figures.save(f"{options.set} {database(app)}", rows, seconds)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--set", choices=sets.SETS, default="S", help="the data set [S]")
    parser.add_argument("--rounds", type=int, default=3, help="how often each page is measured; the median counts [3]")
    parser.add_argument("--seconds", type=int, default=5, help="how long each time [5]")
    parser.add_argument(
        "--publish", action="store_true", help="measure nothing; write the saved figures into bench/README.md"
    )
    return parser.parse_args()


def settings(size: str) -> dict[str, str]:
    """Return the application's environment for a data set, on DATABASE_URL or else on its own SQLite file."""
    folder = figures.folder() / size
    folder.mkdir(parents=True, exist_ok=True)
    url = os.environ.get("DATABASE_URL") or f"sqlite:///{(folder / 'app.db').resolve()}"
    return {"DATA_DIR": str(folder), "DATABASE_URL": url, "SECRET_KEY": "signs sessions of generated users only"}


def measure(
    app: Flask,
    options: argparse.Namespace,
    environ: dict[str, str],
    places: dict[str, str | int],
    readers_of: Callable[[str], Readers],
) -> list[Row]:
    """Return one row of figures for bare Flask and for each page, requested by `readers_of(path)`."""
    paths = {name: path.format(**places) for name, path in PAGES.items()}
    bare_runs: list[dict[str, float]] = []
    runs: dict[str, list[dict[str, float]]] = {name: [] for name in paths}
    with load.served("bench.hello:app", {}) as bare, load.served("microblog:app", environ) as (address, worker):
        for path in paths.values():  # a warm-up, to fill the caches
            load.drive(f"{address}{path}", worker, options.seconds, readers_of(path))
        for _ in range(options.rounds):
            bare_runs.append(load.drive(f"{bare[0]}/", bare[1], options.seconds, []))
            for name, path in paths.items():
                runs[name].append(load.drive(f"{address}{path}", worker, options.seconds, readers_of(path)))
        pss = load.memory(worker)
    rows = [medians(name, runs[name], bare_runs) | examine(app, path, readers_of(path)) for name, path in paths.items()]
    rows[0]["memory"] = pss
    for name, pattern in EXAMINED.items():
        path = pattern.format(**places)
        rows.append({"page": name} | examine(app, path, readers_of(path)))
    search = examine_search(app, readers_of("/search")[:1])
    return [medians("bare Flask", bare_runs, bare_runs), *rows, search]


def medians(name: str, runs: list[dict[str, float]], bare: list[dict[str, float]]) -> Row:
    """Return the medians of the runs of a page.

    The ratios to bare Flask are those within each round, so that other load on the machine slows both. `cpu_ratio`, of
    CPU time, is less sensitive to it.
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


def examine(app: Flask, path: str, readers: Readers) -> Row:
    """Return the figures of a page's statements."""
    number, slowest, text = statements.of_page(app, path, readers)
    return {"statements": number, "slowest": slowest, "slowest_statement": " ".join(text.split())}


def examine_search(app: Flask, readers: Readers) -> Row:
    """Return the row of the search with the slowest statement. All readers get the same results, so one is enough."""
    rows = [
        {"page": "search", "words": words} | examine(app, f"/search?{urlencode({'q': words})}", readers)
        for words in sets.WORDS
    ]
    for row in rows:
        print(f"search {row['words']}: {row['slowest']:.2f} ms")
    return max(rows, key=lambda row: float(row["slowest"]))


def database(app: Flask) -> str:
    """Return the name of the app's database: sqlite, mysql or mariadb."""
    with app.app_context(), db.engine.connect() as connection:
        dialect = connection.dialect
        return "mariadb" if getattr(dialect, "is_mariadb", False) else dialect.name


if __name__ == "__main__":
    main()
