"""Slow clients of the proxy: they keep nobody else out."""

import contextlib
import time
from functools import partial

import pytest

pytestmark = pytest.mark.thorough

PATIENCE = 10  # seconds; the proxy waits for a slow client for 30


def stay_silent(client):
    pass


def send_half_a_header(client):
    client.sendall(b"GET /health HTTP/1.1\r\nHost: local")


def send_half_a_body(client):
    client.sendall(b"POST /auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nusername=su")


def read_nothing(client, cookie):
    client.sendall(f"GET /settings/export/archive.zip HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\n\r\n".encode())
    assert client.recv(12) == b"HTTP/1.1 200"


ARCHIVE = """
import os
from app import create_app
from app.database import db
from app.export.models import Archive, ArchiveChunk
from app.users.models import User
with create_app().app_context():
    user_id = db.session.scalar(db.select(User.id).order_by(User.id.desc()))
    archive = Archive(user_id=user_id, complete=True, size=6000000)
    db.session.add(archive)
    db.session.flush()
    for number in range(100):
        db.session.add(ArchiveChunk(archive_id=archive.id, number=number, data=os.urandom(60000)))
    db.session.commit()
"""


@pytest.mark.parametrize("slow", [stay_silent, send_half_a_header, send_half_a_body, read_nothing])
def test_fifty_slow_clients_keep_nobody_out(site, slow):
    if slow is read_nothing:
        reader = site.visitor()
        reader.register(site.url, f"reader{time.time_ns()}")
        site.containers["web"].exec("python3", "-", stdin=ARCHIVE)
        slow = partial(read_nothing, cookie=reader.cookies())
    with contextlib.ExitStack() as stack:
        for _ in range(50):
            slow(stack.enter_context(site.connect()))
        waits, end = [], time.monotonic() + 10
        while time.monotonic() < end:
            began = time.monotonic()
            assert site.fetch("/auth/login").status == 200
            waits.append(time.monotonic() - began)
    print(f"{len(waits)} answers, the slowest after {max(waits):.2f} s")
    assert max(waits) < PATIENCE
