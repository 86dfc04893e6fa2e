"""Slow clients of a site behind the proxy, and how long others wait beside them."""

import contextlib
import time
from functools import partial

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


KINDS = [stay_silent, send_half_a_header, send_half_a_body, read_nothing]

# Gives the newest account an archive of 6 MB.
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


def waits_beside_fifty(site, kind, run_python) -> list[float]:
    """Returns the seconds that each of another client's pages took, in 10 s, beside 50 clients of one of KINDS.

    `site` is a proxied.ProxiedSite; `run_python` runs a script in a container of the application.
    """
    if kind is read_nothing:
        reader = site.visitor()
        reader.register(site.url, f"reader{time.time_ns()}")
        run_python(ARCHIVE)
        kind = partial(read_nothing, cookie=reader.cookies())
    waits = []
    with contextlib.ExitStack() as stack:
        for _ in range(50):
            kind(stack.enter_context(site.connect()))
        end = time.monotonic() + 10
        while time.monotonic() < end:
            began = time.monotonic()
            assert site.fetch("/auth/login").status == 200
            waits.append(time.monotonic() - began)
    print(f"{len(waits)} answers, the slowest after {max(waits):.2f} s")
    return waits
