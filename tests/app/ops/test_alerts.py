import logging
import threading

import pytest
from sqlalchemy.exc import OperationalError

from app import create_app, outages
from app.ops import alerts
from config import Config


@pytest.fixture
def log(app, mail_server, monkeypatch):
    """The application's logger, whose errors are mailed to two addresses."""
    log = logging.getLogger("app")
    handler = alerts.MailHandler(app)
    log.addHandler(handler)
    monkeypatch.setitem(app.config, "ADMINS", ["one@example.com", "two@example.com"])
    yield log
    log.removeHandler(handler)


@pytest.fixture
def mails(log, mail_server):
    """`mails()` returns the mails sent so far, as (address, subject, text)."""
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


def test_alert_holds_the_request_and_the_traceback(app, client, mails, monkeypatch):
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


def test_frequent_errors_are_mailed_once(log, mails, monkeypatch):
    for number in range(3):
        log.error("number %d", number)
    assert len(mails()) == 2  # one per address
    later = alerts.time.monotonic() + alerts.PAUSE
    monkeypatch.setattr(alerts.time, "monotonic", lambda: later)
    log.error("the next")
    assert len(mails()) == 4
    assert "2 more errors since the last mail" in mails()[-1][2]


def test_outage_of_the_database_is_mailed_once(log, mails, monkeypatch):
    monkeypatch.setattr(alerts, "PAUSE", 0)
    monkeypatch.setattr(outages, "INTERVAL", 0)  # as if each failure were a minute after the last
    for _minute in range(30):
        outages.report_database(OperationalError("SELECT 1", {}, Exception("server has gone away")))
    assert [subject for _to, subject, _text in mails()] == ["Microblog: error in app.outages"] * 2  # one per address


def test_warnings_are_not_mailed(log, mails):
    log.warning("minor")
    assert mails() == []


def test_unreachable_mail_server_is_logged_without_another_alert(app, log, mails, free_port, monkeypatch, caplog):
    monkeypatch.setitem(app.config, "MAIL_PORT", free_port())
    log.error("broken")
    assert mails() == []
    assert "could not mail one@example.com" in caplog.text


@pytest.mark.parametrize(
    ("settings", "mailed"),
    [
        ({}, False),
        ({"ADMINS": "a@example.com"}, False),
        ({"MAIL_SERVER": "mail.example"}, False),
        ({"ADMINS": "a@example.com, b@example.com", "MAIL_SERVER": "mail.example"}, True),
    ],
)
def test_alerts_require_admins_and_a_mail_server(environ, settings, mailed):
    logs = [logging.getLogger(name) for name in ("app", "huey")]  # of requests and of jobs
    before = [list(log.handlers) for log in logs]
    app = create_app(Config(environ | settings))
    for log, known in zip(logs, before, strict=True):
        added = [handler for handler in log.handlers if handler not in known]
        for handler in added:
            log.removeHandler(handler)
        assert [type(handler) for handler in added] == ([alerts.MailHandler] if mailed else [])
    if mailed:
        assert app.config["ADMINS"] == ["a@example.com", "b@example.com"]
