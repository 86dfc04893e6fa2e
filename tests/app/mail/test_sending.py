"""What the worker does with the outbox."""

import logging
from itertools import pairwise

import pytest
from sqlalchemy.exc import OperationalError

from app.database import db
from app.mail import sending, services, transport
from app.mail.models import FAILED, PENDING, SENT

REFUSED = "550 5.1.1 <susan@example.com> is unknown"


@pytest.fixture
def away(app, mail_server, free_port, monkeypatch):
    """Nothing listens at the port of the mail server."""
    mail_server({"MAIL_SERVER": "127.0.0.1"})  # "localhost" can have an IPv6 address that the machine lacks
    monkeypatch.setitem(app.config, "MAIL_PORT", free_port())


def test_due_mail_is_sent_once(order, send_due, row, mail_server):
    sink = mail_server()
    order()
    send_due()
    send_due()
    [(_sender, recipients, message)] = sink.messages
    assert (recipients, message["Subject"]) == (["susan@example.com"], "Your email address was changed")
    assert (row().state, row().attempts, row().error) == (SENT, 1, "")


def test_sent_mail_keeps_no_address(order, send_due, row, mail_server):
    mail_server()
    order()
    send_due()
    assert row().recipient == ""


def test_all_due_mails_are_sent_oldest_first(order, send_due, mail_server):
    sink = mail_server()
    for number in range(3):
        order(f"{number}@example.com")
    send_due()
    assert [recipients for _sender, recipients, _message in sink.messages] == [[f"{n}@example.com"] for n in range(3)]


def test_mail_without_a_server_is_logged_with_its_link(order, send_due, row, caplog):
    order("new@example.com", kind="confirm_address")
    with caplog.at_level(logging.WARNING):
        send_due()
    assert "http://localhost:5000/settings/confirm_address?token=" in caplog.text
    assert row().state == SENT


def test_failed_attempt_is_one_log_line_without_the_address(order, send_due, row, away, caplog):
    order()
    with caplog.at_level(logging.INFO):
        send_due()
    [record] = [record for record in caplog.records if record.name.startswith("app.mail")]
    assert record.getMessage().startswith(
        f"mail {row().id} (address_changed) not sent (attempt 1): Connection refused;"
    )
    assert record.exc_info is None
    assert "susan" not in record.getMessage()


def test_mail_goes_out_when_the_server_is_back(app, order, send_due, row, away, later, mail_server, sender):
    order()
    send_due()
    assert (row().state, row().error) == (PENDING, "Connection refused")
    sink = mail_server()
    send_due()
    assert sink.messages == []  # not yet
    later(seconds=16)
    sender._paused_until = 0
    send_due()
    assert len(sink.messages) == 1


def test_server_that_fails_is_not_asked_for_each_mail(order, send_due, rows, away, caplog):
    for number in range(3):
        order(f"{number}@example.com")
    send_due()
    send_due()
    assert [row.attempts for row in rows()] == [1, 0, 0]


def test_pauses_for_a_failing_server_grow(order, send_due, away, sender, later, monkeypatch):
    clock = [sending.time.monotonic()]
    monkeypatch.setattr(sending.time, "monotonic", lambda: clock[-1])
    for _time in range(4):
        order()
        send_due()
        clock.append(sender._paused_until)
    pauses = [later - earlier for earlier, later in pairwise(clock)]
    assert pauses == pytest.approx([5, 10, 20, 20])


def test_recipient_refused_for_good_is_given_up_and_others_are_sent(order, send_due, rows, mail_server):
    sink = mail_server()
    sink.replies["susan@example.com"] = REFUSED
    order()
    order("new@example.com")
    send_due()
    refused, sent = rows()
    assert (refused.state, refused.error) == (FAILED, "the server refused the recipient: 550 5.1.1 <…> is unknown")
    assert sent.state == SENT


def test_recipient_refused_for_now_is_tried_again(order, send_due, rows, mail_server, later):
    sink = mail_server()
    sink.replies["susan@example.com"] = "450 4.2.0 greylisted"
    order()
    order("new@example.com")
    send_due()
    assert [row.state for row in rows()] == [PENDING, SENT]
    sink.replies.clear()
    later(seconds=16)
    send_due()
    assert [row.state for row in rows()] == [SENT, SENT]


def test_mail_is_given_up_after_a_day_of_growing_pauses(order, send_due, row, away, sender, later):
    order()
    pauses = []
    while row().state == PENDING:
        sender._paused_until = 0
        send_due()
        pauses.append(round((row().due_at - services.utc_now()).total_seconds()))
        later(seconds=pauses[-1] + 1)
    assert pauses[:3] == [15, 30, 60]
    assert pauses[-3] == 4 * 3600
    assert sum(pauses[:-1]) == pytest.approx(24 * 3600, abs=60)
    assert (row().state, row().error) == (FAILED, "Connection refused")


def test_mail_of_a_killed_worker_is_sent_again(order, row, send_due, later, mail_server):
    sink = mail_server()
    order()
    services.claim()
    db.session.commit()  # and the worker is killed
    assert row().error.startswith("interrupted")
    send_due()
    assert sink.messages == []  # the claim holds
    later(seconds=121)
    send_due()
    assert len(sink.messages) == 1


def test_attempts_have_the_same_message_id(order, send_due, monkeypatch, later):
    ids = []

    def send(message):
        ids.append(message.extra_headers["Message-ID"])
        raise ConnectionResetError

    monkeypatch.setattr(transport, "send", send)
    order()
    send_due()
    later(hours=1)
    sending.Sender()(is_stopping=lambda: False)
    assert len(ids) == 2
    assert ids[0] == ids[1]
    assert ids[0].endswith("@localhost>")


@pytest.mark.parametrize(
    "address", ["susan@example.com\nBcc: all@example.com", "susan@example.com\r\nRCPT TO:<all@example.com>"]
)
def test_unusable_address_is_given_up(order, send_due, row, mail_server, address):
    sink = mail_server()
    order(address)
    send_due()
    assert (row().state, sink.messages) == (FAILED, [])


def test_sent_mail_is_recorded_later_if_the_database_fails(order, send_due, row, mail_server, monkeypatch):
    sink = mail_server()
    order()
    record, failures = services.record_sent, [OperationalError("", {}, Exception("disk full"))]

    def record_sent(mail):
        if failures:
            raise failures.pop()
        record(mail)

    monkeypatch.setattr(services, "record_sent", record_sent)
    with pytest.raises(OperationalError):
        send_due()
    db.session.rollback()
    send_due()
    assert (row().state, len(sink.messages)) == (SENT, 1)


def test_stopping_worker_sends_no_further_mail(order, sender, row):
    order()
    sender(is_stopping=lambda: True)
    assert row().attempts == 0


def test_old_rows_are_deleted(order, send_due, rows, later, mail_server, sender):
    mail_server()
    order()
    send_due()
    later(days=6, hours=23)
    sender._tidied_at = -1000
    send_due()
    assert len(rows()) == 1
    later(hours=2)
    sender._tidied_at = -1000
    send_due()
    assert rows() == []
