"""Fixtures of the tests of emails."""

import re

import pytest

from app import mail
from app.database import db
from app.jobs.job_queue import queue_of
from app.users.queries import by_username


@pytest.fixture
def outbox(app, monkeypatch):
    """`outbox()`: run the waiting jobs; return the emails sent, as (address, subject, link)."""
    sent = []

    class Message(mail.EmailMultiAlternatives):
        def send(self):
            link = re.search(r"https?://\S+token=\S+", self.body)
            assert link is None or f'href="{link[0]}"' in self.alternatives[0][0]
            sent.append((self.to[0], self.subject, link and link[0]))

    monkeypatch.setattr(mail, "EmailMultiAlternatives", Message)
    monkeypatch.setitem(app.config, "MAIL_SERVER", "mail.example")
    monkeypatch.setitem(app.config, "SITE_URL", "https://blog.example")
    queue = queue_of(app)
    queue.storage.flush_all()

    def outbox():
        while job := queue.dequeue():
            queue.execute(job)
        return sent

    yield outbox
    queue.storage.flush_all()
    queue.storage.close()


@pytest.fixture
def susan(context, make_user):
    """`susan()`: the user susan, as the database holds her now."""
    make_user("susan")

    def susan():
        db.session.rollback()
        db.session.expire_all()
        return by_username("susan")

    return susan


def local(link):
    assert link.startswith("https://blog.example/")
    return link.removeprefix("https://blog.example")
