"""The SQL statements of a page, and how long the slowest takes."""

import time
from collections import defaultdict
from statistics import median
from typing import Any

from flask import Flask
from sqlalchemy import Engine, event

from app.compiled_select import statement_sent
from app.database import db

ROUNDS = 5


def of_page(app: Flask, path: str, readers: list[dict[str, str]]) -> tuple[int, float, str]:
    """Return the number of statements of the page at `path`, and the slowest one's milliseconds and text.

    Each reader, given by the header that signs it in, requests the page ROUNDS times. The milliseconds are a median of
    these; the slowest statement is that of all readers.
    """
    times: dict[tuple[int, int, str], list[float]] = defaultdict(list)
    most = 0
    with app.app_context():
        engine = db.engine
    for number, reader in enumerate(readers):
        for _ in range(ROUNDS):
            sent = _sent(app, engine, path, reader)
            most = max(most, len(sent))
            for place, (text, taken) in enumerate(sent):
                times[number, place, text].append(taken)
    (_number, _place, text), runs = max(times.items(), key=lambda item: median(item[1]))
    return most, median(runs) * 1000, text


def _sent(app: Flask, engine: Engine, path: str, reader: dict[str, str]) -> list[tuple[str, float]]:
    """Request a page; return its statements in order, each as its text and its seconds."""
    sent: list[tuple[str, float]] = []
    began = 0.0

    def before(*_arguments: Any) -> None:
        nonlocal began
        began = time.perf_counter()

    def after(_connection: Any, _cursor: Any, statement: str, *_others: Any) -> None:
        sent.append((statement, time.perf_counter() - began))

    def compiled(statement: str, seconds: float, **_parameters: Any) -> None:
        sent.append((statement, seconds))

    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "after_cursor_execute", after)
    try:
        with statement_sent.connected_to(compiled):
            answer = app.test_client(use_cookies=False).get(path, headers=reader)
        assert answer.status_code == 200, (path, answer.status)
    finally:
        event.remove(engine, "before_cursor_execute", before)
        event.remove(engine, "after_cursor_execute", after)
    return sent
