"""What becomes of a row of the outbox before there is a message."""

from sqlalchemy import delete

from app.auth import mails
from app.database import db
from app.mail import sending, services
from app.mail.models import PENDING, SENT
from app.users.models import User


def test_mail_of_a_deleted_user_is_not_sent(order, send_due, rows, mail_server, susan):
    sink = mail_server()
    order()
    db.session.execute(delete(User))
    db.session.commit()
    send_due()
    assert (sink.messages, rows()) == ([], [])


def test_mail_of_a_user_deleted_after_the_claim_is_not_sent(order, send_due, rows, mail_server, monkeypatch):
    sink = mail_server()
    order()
    monkeypatch.setattr(sending, "by_id", lambda _user_id: None)
    send_due()
    assert (sink.messages, rows()) == ([], [])


def test_mail_to_an_unknown_account_is_forgotten(send_due, rows, context, mail_server):
    sink = mail_server()
    services.write("reset_password", "nobody@example.com")
    db.session.commit()
    send_due()
    assert (sink.messages, rows()) == ([], [])


def test_error_in_composing_is_logged_and_holds_up_no_other_mail(
    order, send_due, rows, mail_server, monkeypatch, caplog
):
    mail_server()

    def fail(*_arguments):
        raise KeyError("user")

    monkeypatch.setattr(mails, "address_changed", fail)
    order()
    order("new@example.com", kind="confirm_address")
    send_due()
    assert [row.state for row in rows()] == [PENDING, SENT]
    assert "KeyError" in caplog.text


def test_unknown_kind_is_kept(order, send_due, row, mail_server):
    """A newer version wrote it, which serves beside this one during an upgrade."""
    mail_server()
    order(kind="of tomorrow")
    send_due()
    assert row().state == PENDING
