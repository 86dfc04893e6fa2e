import contextlib
import logging
import smtplib
import ssl
import threading
import time

import pytest

from app.mail import transport
from app.mail.failures import failure_of
from app.mail.message import Mail, render
from app.users.models import User
from config import Config
from tests.fixtures.certificates import make_certificate


@pytest.fixture
def certificate(tmp_path):
    """A server's TLS context, and the file of its self-signed certificate."""
    pem, key_file = make_certificate(tmp_path)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pem, key_file)
    return context, pem


SUSAN = User(id=1, username="susan", email="susan@example.com")


def send(to="susan@example.com", locale="en"):
    transport.send(render(Mail(to, "Hello\u2026", "address_changed", locale, {"user": SUSAN})))


def test_mail_is_in_the_nearest_language(context, mail_server):
    sink = mail_server()
    send(locale="fr_CA")
    [(_sender, _recipients, message)] = sink.messages
    assert "Bonjour" in message.get_body(("plain",)).get_content()


def test_mail_has_a_text_and_an_html_part(context, mail_server):
    sink = mail_server()
    send()
    [(sender, recipients, message)] = sink.messages
    assert (sender, recipients) == ("noreply@localhost", ["susan@example.com"])
    assert (message["To"], message["From"]) == ("susan@example.com", "Microblog <noreply@localhost>")
    assert message["Subject"] == "Hello\u2026"
    assert message["Auto-Submitted"] == "auto-generated"
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert "Hello @susan," in text.get_content()
    assert "Hello @susan," in html.get_content()
    assert "http://localhost:5000/" in text.get_content()
    assert 'href="http://localhost:5000/"' in html.get_content()


@pytest.mark.parametrize("name", ["Micro, Blog", "Ünï, x", "me@h", "Micro; Blog", 'The "Blog"', "Blog (test)", "Ünï"])
def test_sender_may_have_any_name(app, context, mail_server, monkeypatch, name):
    setting = Config({"MAIL_DEFAULT_SENDER": f"{name} <me@blog.example>"}).MAIL_DEFAULT_SENDER
    monkeypatch.setitem(app.config, "MAIL_DEFAULT_SENDER", setting)
    sink = mail_server()
    send()
    [(sender, _recipients, message)] = sink.messages
    [address] = message["From"].addresses
    assert (sender, address.display_name, address.addr_spec) == ("me@blog.example", name, "me@blog.example")


@pytest.mark.parametrize("locale", ["fr", "es"])
def test_mail_is_in_the_language_of_its_recipient(context, mail_server, locale):
    sink = mail_server()
    send(locale=locale)
    assert f'<html lang="{locale}"' in sink.messages[0][2].get_body(("html",)).get_content()


def test_mail_is_logged_without_a_server(context, caplog):
    with caplog.at_level(logging.WARNING):
        send()
    assert "susan@example.com" in caplog.text
    assert "was changed" in caplog.text


@pytest.mark.parametrize("way", ["MAIL_USE_TLS", "MAIL_USE_SSL"])
@pytest.mark.parametrize("trusted", [True, False])
def test_server_certificate_is_verified(context, mail_server, certificate, monkeypatch, way, trusted):
    tls, file = certificate
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
    login = {"MAIL_USERNAME": "me", "MAIL_PASSWORD": "secret"}
    sink = mail_server(
        {way: True, **login},
        **(
            {"ssl_context": tls, "auth_require_tls": False}
            if way == "MAIL_USE_SSL"
            else {"tls_context": tls, "require_starttls": True}
        ),
    )
    if trusted:
        send()
        assert sink.logins == [(b"me", b"secret")]
        assert len(sink.messages) == 1
    else:
        with pytest.raises(ssl.SSLCertVerificationError):
            send()
        assert sink.logins == sink.messages == []


def test_unreachable_server_raises_an_error(context, mail_server, app, free_port, monkeypatch):
    mail_server()
    monkeypatch.setitem(app.config, "MAIL_PORT", free_port())
    with pytest.raises(OSError):
        send()


@pytest.mark.parametrize("to", ["susan@example.com\nBcc: all@example.com", "susan@example.com\r\n\r\nSpam"])
def test_header_injection_by_address_fails(context, mail_server, to):
    sink = mail_server()
    with pytest.raises((ValueError, smtplib.SMTPException)):
        send(to)
    assert sink.messages == []


@pytest.mark.parametrize("to", ["jörg@example.com", "почта@exämple.de"])
def test_mail_to_a_utf8_address_is_sent_by_smtputf8(context, mail_server, to):
    sink = mail_server()
    send(to, locale="fr")
    [(sender, recipients, message)] = sink.messages
    assert (sender, recipients, message["To"]) == ("noreply@localhost", [to], to)
    assert message["From"] == "Microblog <noreply@localhost>"
    assert message["Subject"] == "Hello\u2026"
    assert "a été modifiée" in message.get_body(("plain",)).get_content()
    assert 'href="http://localhost:5000/"' in message.get_body(("html",)).get_content()


@pytest.mark.parametrize("to", ["jörg@example.com\nBcc: all@example.com", "jörg@example.com\r\n\r\nSpam"])
def test_header_injection_by_utf8_address_fails(context, mail_server, to):
    sink = mail_server()
    with pytest.raises((ValueError, smtplib.SMTPException)):
        send(to)
    assert sink.messages == []


def test_mail_to_a_utf8_address_needs_a_server_with_smtputf8(context, mail_server):
    sink = mail_server(enable_SMTPUTF8=False)
    with pytest.raises(smtplib.SMTPRecipientsRefused) as caught:
        send("jörg@example.com")
    assert failure_of(caught.value) == ("the server refused the recipient: 553 the server lacks SMTPUTF8", True, False)
    assert sink.messages == []


def be_silent(connection):
    """Read until the client hangs up."""
    with contextlib.suppress(ConnectionResetError):
        while connection.recv(1000):
            pass


def drip(connection):
    """Send a greeting that never ends, a byte at a time."""
    with contextlib.suppress(OSError):
        while True:
            connection.sendall(b"2")
            time.sleep(0.02)


def be_silent_after_starttls(connection):
    connection.sendall(b"220 ready\r\n")
    connection.recv(100)
    connection.sendall(b"250-me\r\n250 STARTTLS\r\n")
    connection.recv(100)
    connection.sendall(b"220 go\r\n")
    be_silent(connection)


@pytest.mark.parametrize(
    ("talk", "settings"),
    [
        (be_silent, {}),
        (be_silent, {"MAIL_USE_SSL": True}),
        (drip, {}),
        (be_silent_after_starttls, {"MAIL_USE_TLS": True}),
    ],
    ids=["silent", "silent to TLS", "drips", "silent after STARTTLS"],
)
def test_slow_server_is_left_at_the_deadline(context, raw_server, talk, settings):
    ended = threading.Event()

    def answer(connection):
        # The client may leave while the server still talks.
        with contextlib.suppress(OSError):
            talk(connection)
        ended.set()

    raw_server(answer, **{"MAIL_TIMEOUT": 0.3, **settings})
    with pytest.raises(TimeoutError):
        send()
    assert ended.wait(10)  # the connection is not kept


def accept(connection, received):
    """Take a mail, and say nothing to QUIT."""
    file = connection.makefile("rwb", buffering=0)
    file.write(b"220 ready\r\n")
    for line in file:
        command = line.strip().upper()
        received.append(command)
        if command == b"QUIT":
            be_silent(connection)
        elif command == b"DATA":
            file.write(b"354 go on\r\n")
            while file.readline() != b".\r\n":
                pass
            file.write(b"250 taken\r\n")
        else:
            file.write(b"250 OK\r\n")


def test_mail_is_sent_although_the_server_does_not_answer_quit(context, raw_server, monkeypatch):
    received = []
    monkeypatch.setattr(transport, "GOODBYE", 0.1)
    raw_server(lambda connection: accept(connection, received))
    send()
    assert received[-2:] == [b"DATA", b"QUIT"]
