"""What each page asks the database, and how long the slowest question takes."""

import time
from collections import defaultdict
from statistics import median

from flask import Flask
from sqlalchemy import event

from app.compiled_select import statement_sent
from app.database import db

ROUNDS = 5


def of_page(app: Flask, path: str, readers: list[dict[str, str]]) -> tuple[int, float, str]:
    """How many statements the page at `path` takes, and the slowest: its milliseconds (the median) and its text.

    Every reader asks for it in turn; of all their statements the slowest counts.
    """
    times = defaultdict(list)
    most = 0
    with app.app_context():
        engine = db.engine
    for number, reader in enumerate(readers):
        for _ in range(ROUNDS):
            sent = _sent(app, engine, path, reader)
            most = max(most, len(sent))
            for place, (text, taken) in enumerate(sent):
                times[number, place, text].append(taken)
    (_number, _place, text), taken = max(times.items(), key=lambda item: median(item[1]))
    return most, median(taken) * 1000, text


def _sent(app, engine, path, reader) -> list[tuple[str, float]]:
    sent = []

    def before(_connection, _cursor, statement, *_others):
        sent.append([statement, time.perf_counter()])

    def after(*_anything):
        sent[-1][1] = time.perf_counter() - sent[-1][1]

    def prepared(statement, seconds, **_parameters):
        sent.append([statement, seconds])

    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "after_cursor_execute", after)
    try:
        with statement_sent.connected_to(prepared):
            answer = app.test_client(use_cookies=False).get(path, headers=reader)
        assert answer.status_code == 200, (path, answer.status)
    finally:
        event.remove(engine, "before_cursor_execute", before)
        event.remove(engine, "after_cursor_execute", after)
    return [(text, taken) for text, taken in sent]
