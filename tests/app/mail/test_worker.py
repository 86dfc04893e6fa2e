"""The outbox and a real worker process."""

import contextlib
import threading
import time

import pytest

from app.database import db
from app.mail.models import SENT


@pytest.fixture
def start_worker(app, start_worker):
    """`start_worker(NAME=value, …)`: the same, with the mail server that the application has at the moment."""

    def start(**settings):
        server = {name: str(app.config[name]) for name in ("MAIL_SERVER", "MAIL_PORT")}
        return start_worker(**server, **settings)

    return start


@pytest.fixture
def wait_until_sent(row):
    """`wait_until_sent()`: wait until the only mail of the outbox is sent; return its row."""

    def wait_until_sent():
        end = time.monotonic() + 20
        while row().state != SENT:
            assert time.monotonic() < end, f"still waiting: {row().state}, {row().error}"
            time.sleep(0.05)
        return row()

    return wait_until_sent


def test_mail_of_a_worker_killed_while_sending_arrives(
    order, row, raw_server, mail_server, start_worker, wait_until_sent
):
    sending = threading.Event()

    def be_silent(connection):
        sending.set()
        with contextlib.suppress(OSError):
            connection.recv(1)

    raw_server(be_silent)
    order()
    worker = start_worker()
    assert sending.wait(20)
    worker.kill()
    worker.wait()
    unsent = row()
    assert unsent.error.startswith("interrupted")
    unsent.due_at = unsent.created_at  # a minute later
    db.session.commit()
    sink = mail_server()
    start_worker()
    assert wait_until_sent().attempts == 2
    assert len(sink.messages) == 1


def test_mail_is_sent_while_redis_is_away(order, free_port, mail_server, start_worker, wait_until_sent):
    sink = mail_server()
    start_worker(REDIS_URL=f"redis://127.0.0.1:{free_port()}/0")
    order()
    wait_until_sent()
    assert len(sink.messages) == 1
