import logging
import threading

import pytest

from app import create_app
from app.ops import alerts
from config import Config


@pytest.fixture
def log(app, mail_server, monkeypatch):
    """The application's log, whose errors are mailed to two people."""
    log = logging.getLogger("app")
    handler = alerts.MailHandler(app)
    log.addHandler(handler)
    monkeypatch.setitem(app.config, "ADMINS", ["one@example.com", "two@example.com"])
    yield log
    log.removeHandler(handler)


@pytest.fixture
def mails(log, mail_server):
    """`mails()`: what was mailed so far, as (address, subject, text)."""
    sink = mail_server()

    def mails():
        for thread in threading.enumerate():
            if thread.name.endswith("(_send)"):
                thread.join(10)
        return [
            (recipients[0], message["Subject"], message.get_body(("plain",)).get_content())
            for _sender, recipients, message in sink.messages
        ]

    return mails


def test_an_error_of_a_page_is_mailed_with_its_request_and_traceback(app, client, mails, monkeypatch):
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)

    def fail():
        raise RuntimeError("broken")

    monkeypatch.setitem(app.view_functions, "health.live", fail)
    response = client.get("/health/live?token=secret")
    (first, subject, text), (second, _subject, _text) = mails()
    assert (first, second, subject) == ("one@example.com", "two@example.com", "Microblog: error in app")
    assert f"GET /health/live, request {response.headers['X-Request-ID']}" in text
    assert 'raise RuntimeError("broken")' in text
    assert "secret" not in text.partition("Traceback")[0]


def test_what_breaks_often_is_one_mail(log, mails, monkeypatch):
    for number in range(3):
        log.error("number %d", number)
    assert len(mails()) == 2  # one to each
    later = alerts.time.monotonic() + alerts.PAUSE
    monkeypatch.setattr(alerts.time, "monotonic", lambda: later)
    log.error("the next")
    assert len(mails()) == 4
    assert "2 more errors since the last mail" in mails()[-1][2]


def test_warnings_are_not_mailed(log, mails):
    log.warning("never mind")
    assert mails() == []


def test_a_mail_server_that_is_away_is_logged_and_mailed_to_nobody(app, log, mails, free_port, monkeypatch, caplog):
    monkeypatch.setitem(app.config, "MAIL_PORT", free_port())
    log.error("broken")
    assert mails() == []
    assert "no mail to one@example.com" in caplog.text


@pytest.mark.parametrize(
    ("settings", "mailed"),
    [
        ({}, False),
        ({"ADMINS": "a@example.com"}, False),
        ({"MAIL_SERVER": "mail.example"}, False),
        ({"ADMINS": "a@example.com, b@example.com", "MAIL_SERVER": "mail.example"}, True),
    ],
)
def test_errors_are_mailed_where_there_is_somebody_to_send_to_and_a_server_to_send_by(environ, settings, mailed):
    logs = [logging.getLogger(name) for name in ("app", "huey")]  # of pages, and of what is done in the background
    before = [list(log.handlers) for log in logs]
    app = create_app(Config(environ | settings))
    for log, known in zip(logs, before, strict=True):
        added = [handler for handler in log.handlers if handler not in known]
        for handler in added:
            log.removeHandler(handler)
        assert [type(handler) for handler in added] == ([alerts.MailHandler] if mailed else [])
    if mailed:
        assert app.config["ADMINS"] == ["a@example.com", "b@example.com"]
