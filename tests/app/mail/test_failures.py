import smtplib
import socket
import ssl

import pytest

from app.mail.failures import failure_of


def refused(code, reply):
    return smtplib.SMTPRecipientsRefused({"susan@example.com": (code, reply)})


def untrusted():
    error = ssl.SSLCertVerificationError(1, "[SSL: CERTIFICATE_VERIFY_FAILED]")
    error.verify_message = "self-signed certificate"
    return error


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (refused(550, b"5.1.1 <susan@example.com>: no such user"), "the server refused the recipient: 550 5.1.1 <…>"),
        (smtplib.SMTPDataError(554, b"looks like spam"), "the server refused the mail: 554 looks like spam"),
        (smtplib.SMTPSenderRefused(552, b"too large", "me@e.example"), "the server refused the mail: 552 too large"),
        (ValueError("Invalid address"), "the address or the subject cannot be written in a mail"),
    ],
)
def test_refused_mail_fails_for_good(error, reason):
    failure = failure_of(error)
    assert failure.reason.startswith(reason)
    assert (failure.permanent, failure.of_server) == (True, False)


@pytest.mark.parametrize(
    "error", [refused(450, b"greylisted"), refused(452, b"full"), smtplib.SMTPDataError(451, b"later")]
)
def test_temporary_refusal_concerns_one_mail(error):
    assert failure_of(error)[1:] == (False, False)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (smtplib.SMTPAuthenticationError(535, b"no"), "wrong MAIL_USERNAME or MAIL_PASSWORD: 535 no"),
        (smtplib.SMTPSenderRefused(530, b"sign in", "me@e.example"), "the server refused MAIL_DEFAULT_SENDER: 530"),
        (refused(421, b"closing"), "the server refused the recipient: 421 closing"),
        (refused(530, b"sign in first"), "the server refused the recipient: 530 sign in first"),
        (smtplib.SMTPConnectError(554, b"go away"), "the server is not ready: 554 go away"),
        (smtplib.SMTPHeloError(501, b"who?"), "the server is not ready: 501 who?"),
        (smtplib.SMTPNotSupportedError("STARTTLS extension not supported by server."), "the server lacks what the"),
        (smtplib.SMTPServerDisconnected("Connection unexpectedly closed"), "the server closed the connection"),
        (untrusted(), "the server's certificate is not trusted (self-signed certificate); if a private authority"),
        (ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] wrong version number"), "no TLS ("),
        (socket.gaierror(-2, "Name or service not known"), "unknown host: check MAIL_SERVER (Name or service not"),
        (ConnectionRefusedError(111, "Connection refused"), "Connection refused"),
        (OSError(113, "No route to host"), "No route to host"),
        (TimeoutError("no answer within 20 s"), "no answer within 20 s"),
        (TimeoutError(), "no answer in time"),
    ],
)
def test_failure_of_the_server_is_tried_again(error, reason):
    failure = failure_of(error)
    assert failure.reason.startswith(reason)
    assert (failure.permanent, failure.of_server) == (False, True)


def test_unexpected_error_is_tried_again():
    assert failure_of(KeyError("user")) == ("unexpected error: KeyError", False, False)


@pytest.mark.parametrize(
    ("reply", "shown"),
    [
        (b"two\r\nlines\x1b[31m \xff", "two lines [31m \N{REPLACEMENT CHARACTER}"),
        (b"user susan@example.com, unknown", "user …, unknown"),
        (b"<Susan+tag@sub.example.com>", "<…>"),
    ],
)
def test_reason_is_one_line_without_addresses(reply, shown):
    assert failure_of(refused(550, reply)).reason == f"the server refused the recipient: 550 {shown}"


def test_long_reply_is_cut():
    assert len(failure_of(refused(550, b"x" * 5000)).reason) == 200
