"""`flask mail`."""

import ssl

import pytest

from app.database import db
from app.mail import services
from tests.fixtures.certificates import make_certificate


def test_list_shows_pending_and_failed_mails(flask, order, row):
    order()
    mail = services.claim()
    services.record_failure(mail, "Connection refused", permanent=False)
    db.session.commit()
    output, code = flask("mail", "list")
    assert code == 0
    [line] = output.splitlines()
    assert line.startswith(f"{row().id} pending; address_changed; susan@example.com; attempts: 1; due 2")
    assert line.endswith(" UTC; Connection refused")


@pytest.mark.parametrize(("state", "shown"), [("sent", True), ("pending", False), ("failed", False)])
def test_list_shows_the_state_that_is_asked_for(flask, order, send_due, mail_server, state, shown):
    mail_server()
    order()
    send_due()
    output, _code = flask("mail", "list", "--state", state)
    assert ("address_changed" in output) == shown
    assert output.startswith("No mail is ") != shown
    assert "susan@" not in output


def test_list_of_an_empty_outbox_says_so(flask):
    assert flask("mail", "list") == ("No mail is pending or failed.\n", 0)


def test_list_shows_no_link(flask, order):
    order("new@example.com", kind="confirm_address")
    output, _code = flask("mail", "list")
    assert "confirm_address; new@example.com" in output
    assert "http" not in output


@pytest.mark.parametrize("by_id", [True, False])
def test_retry_makes_failed_mail_due(flask, order, row, send_due, mail_server, by_id):
    sink = mail_server()
    order()
    services.record_failure(services.claim(), "refused", permanent=True)
    db.session.commit()
    assert flask("mail", "retry", str(row().id) if by_id else "--all") == ("Mails due now: 1.\n", 0)
    send_due()
    assert len(sink.messages) == 1


@pytest.mark.parametrize("arguments", [[], ["1", "--all"], ["999"], ["9" * 30]])
def test_retry_refuses_wrong_arguments_in_one_line(flask, arguments):
    output, code = flask("mail", "retry", *arguments)
    assert code == 64
    assert len(output.splitlines()) == 1


def test_test_sends_a_mail(flask, mail_server):
    sink = mail_server()
    output, code = flask("mail", "test", "me@blog.example")
    assert code == 0
    assert output.endswith(" accepted the mail to me@blog.example. Check the inbox.\n")
    [(_sender, recipients, message)] = sink.messages
    assert recipients == ["me@blog.example"]
    assert "http://localhost:5000" in message.get_body(("plain",)).get_content()


def test_test_without_a_server_says_so(flask):
    output, code = flask("mail", "test", "me@blog.example")
    assert (code, output) == (78, "microblog: MAIL_SERVER is not set; mails are written to the log\n")


@pytest.mark.parametrize("address", ["", "me", "a b@blog.example", "é@blog.example", "me@x.example\nBcc: y@x.example"])
def test_test_refuses_what_is_no_address(flask, mail_server, address):
    sink = mail_server()
    output, code = flask("mail", "test", address)
    assert code == 64
    assert len(output.splitlines()) == 1
    assert sink.messages == []


def test_test_reports_a_refused_connection(flask, app, mail_server, free_port, monkeypatch):
    mail_server({"MAIL_SERVER": "127.0.0.1"})
    monkeypatch.setitem(app.config, "MAIL_PORT", port := free_port())
    output, code = flask("mail", "test", "me@blog.example")
    assert (code, output) == (69, f"microblog: 127.0.0.1:{port}: Connection refused\n")


def test_test_reports_an_unknown_host(flask, app, mail_server, monkeypatch):
    mail_server({"MAIL_SERVER": "mail.invalid"})
    output, code = flask("mail", "test", "me@blog.example")
    assert code == 69
    assert "unknown host: check MAIL_SERVER" in output
    assert len(output.splitlines()) == 1


def test_test_reports_a_server_that_does_not_answer(flask, raw_server):
    raw_server(lambda connection: connection.recv(1), MAIL_TIMEOUT=0.2)
    output, code = flask("mail", "test", "me@blog.example")
    assert code == 69
    assert output.endswith(": no answer within 0.2 s\n")


def test_test_reports_a_refused_recipient(flask, mail_server):
    mail_server().replies["me@blog.example"] = "550 5.1.1 unknown user"
    output, code = flask("mail", "test", "me@blog.example")
    assert code == 69
    assert output.endswith(": the server refused the recipient: 550 5.1.1 unknown user\n")


def test_test_reports_a_wrong_password(flask, mail_server):
    sink = mail_server({"MAIL_USERNAME": "me", "MAIL_PASSWORD": "S3CRET"}, auth_require_tls=False)
    sink.accepts_logins = False
    output, code = flask("mail", "test", "me@blog.example")
    assert code == 69
    assert ": wrong MAIL_USERNAME or MAIL_PASSWORD: 535 " in output
    assert len(output.splitlines()) == 1
    assert "S3CRET" not in output
    assert sink.messages == []


def test_test_reports_a_server_without_starttls(flask, mail_server):
    mail_server({"MAIL_USE_TLS": True})
    output, code = flask("mail", "test", "me@blog.example")
    assert code == 69
    assert "the server lacks what the settings ask for: STARTTLS" in output


def test_test_reports_a_port_without_tls(flask, mail_server):
    mail_server({"MAIL_USE_SSL": True})
    output, code = flask("mail", "test", "me@blog.example")
    assert code == 69
    assert ": no TLS (" in output
    assert len(output.splitlines()) == 1


@pytest.mark.parametrize("trusted", [True, False])
def test_test_reports_an_untrusted_certificate(flask, mail_server, tmp_path, monkeypatch, trusted):
    pem, key = make_certificate(tmp_path)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pem, key)
    mail_server({"MAIL_USE_TLS": True}, tls_context=context, require_starttls=True)
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    output, code = flask("mail", "test", "me@blog.example")
    assert code == (0 if trusted else 69)
    assert ("not trusted (self-signed certificate)" in output) != trusted
    assert len(output.splitlines()) == 1
