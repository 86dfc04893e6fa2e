import logging
import smtplib
import ssl

import pytest

from app import mail
from app.users.models import User
from tests.fixtures.certificates import make_certificate


@pytest.fixture
def certificate(tmp_path):
    """A server's TLS context, and the file of its self-signed certificate."""
    pem, key_file = make_certificate(tmp_path)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pem, key_file)
    return context, pem


SUSAN = User(id=1, username="susan", display_name="Susan <B.> é", email="susan@example.com")


def send(to="susan@example.com", locale="en"):
    mail.send(to, "Hello\u2026", "address_changed", locale, user=SUSAN)


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
    assert "Hello \u2068Susan <B.> é\u2069," in text.get_content()
    assert "Hello \u2068Susan &lt;B.&gt; é\u2069," in html.get_content()
    assert "http://localhost:5000/" in text.get_content()
    assert 'href="http://localhost:5000/"' in html.get_content()


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
