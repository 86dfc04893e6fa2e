"""Requests of every shape: each is answered as HTTP says, and nothing of one is taken for another."""

import json
import re
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from tests.app.serving.conftest import GET, body, read

POST = b"POST /posts/1/language HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
MEGABYTE = 1024 * 1024
STALE = 400  # a form without a CSRF token: the application has read the body


def test_answer_has_its_headers_and_closes(server):
    status, answer = server.ask(GET % b"/health")
    assert status == 200
    assert b"\r\nConnection: close\r\n" in answer
    assert b"\r\nContent-Length: %d\r\n" % len(body(answer)) in answer


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"HEAD /health HTTP/1.1\r\nHost: localhost\r\n\r\n", 200),
        (b"OPTIONS /health HTTP/1.1\r\nHost: localhost\r\n\r\n", 200),
        (b"HEAD /nope HTTP/1.1\r\nHost: localhost\r\n\r\n", 404),
    ],
)
def test_head_and_options_have_no_body(server, request_, status):
    found, answer = server.ask(request_)
    assert (found, body(answer)) == (status, b"")


def test_unchanged_file_has_no_body(server):
    path = b"/bootstrap/static/css/bootstrap.min.css"
    etag = next(line for line in server.ask(GET % path)[1].split(b"\r\n") if line.lower().startswith(b"etag"))
    request = b"GET %s HTTP/1.1\r\nHost: localhost\r\nIf-None-Match: %s\r\n\r\n" % (path, etag.partition(b": ")[2])
    status, answer = server.ask(request)
    assert (status, body(answer)) == (304, b"")


def test_http_1_0_is_answered(server):
    assert server.ask(b"GET /health HTTP/1.0\r\n\r\n")[0] == 200


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (POST + b"Content-Length: 3\r\n\r\na=b", STALE),
        (POST + b"Content-Length: 0\r\n\r\n", STALE),
        (POST + b"\r\n", STALE),
        (CHUNKED + b"0\r\n\r\n", STALE),
        (CHUNKED + b"3\r\na=b\r\n0\r\n\r\n", STALE),
        (CHUNKED + b"3;name=value\r\na=b\r\n0\r\nTrailer: x\r\n\r\n", STALE),
        (CHUNKED + b"3\r\na=b\r\n0\r\n\r\nGET /health HTTP/1.1\r\nHost: localhost\r\n\r\n", STALE),
        (POST + b"Content-Length: %d\r\n\r\n" % (MEGABYTE + 1), 413),
        (POST + b"Content-Length: %d\r\n\r\n" % 10**15, 413),
        (POST + b"Content-Length: %d\r\n\r\n" % (2 * MEGABYTE) + b"x" * 2 * MEGABYTE, 413),
        (CHUNKED + (b"10000\r\n" + b"x" * 0x10000 + b"\r\n") * 20, 413),
        (CHUNKED + b"200000\r\nx", 413),
        (CHUNKED + b"fffffff\r\nx", 413),
        (CHUNKED + b"1\r\nx\r\n" * 300_000, 400),
        (CHUNKED + b"-5\r\nx\r\n", 400),
        (CHUNKED + b"0x5\r\nxxxxx\r\n0\r\n\r\n", 400),
        (CHUNKED + b"5\r\nxxxxxxx\r\n0\r\n\r\n", 400),
        (CHUNKED + b"5" * 9000, 400),
        (CHUNKED + b"ffffffffffffffff\r\nx\r\n", 400),
        (POST + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (POST + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\na=b", 400),
        (POST + b"Content-Length: -1\r\n\r\n", 400),
        (POST + b"Content-Length: 1_0\r\n\r\na=b", 400),
        (POST + b"Transfer-Encoding: gzip\r\n\r\na=b", 400),
        (POST + b"Transfer-Encoding: cow\r\n\r\na=b", 501),
        (b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        (b"GET /\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
        (b"GET /health HTTP/1.1\r\nHost: localhost\nX: y\n\n", 400),
        (GET % (b"/health?" + b"x" * 60_000), 200),
        (GET % (b"/" + b"x" * 70_000), 414),
        (b"GET /" + b"x" * 70_000, 414),
        (b"GET /health HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 60_000 + b"\r\n\r\n", 200),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 70_000 + b"\r\n\r\n", 431),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\n" + (b"X: " + b"x" * 8_000 + b"\r\n") * 9 + b"\r\n", 431),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"X: y\r\n" * 200 + b"\r\n", 431),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"X: y\r\n" * 20_000, 431),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nExpect: nothing\r\n\r\n", 417),
    ],
)
@pytest.mark.parametrize("pieces", [1, 3])
def test_request_has_its_status(server, request_, status, pieces):
    size = -(-len(request_) // pieces)
    parts = [request_[at : at + size] for at in range(0, len(request_), size)]
    assert server.ask(*parts, pause=0.01)[0] == status


@pytest.mark.parametrize("framing", [b"Content-Length: 3\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n"])
def test_expectation_is_answered_before_the_body(server, framing):
    with server.connect() as client:
        client.sendall(POST + b"Expect: 100-continue\r\n" + framing)
        assert client.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(b"a=b" if b"Length" in framing else b"3\r\na=b\r\n0\r\n\r\n")
        assert read(client)[0] == STALE


def test_expectation_of_too_large_a_body_is_refused(server):
    with server.connect() as client:
        client.sendall(POST + b"Expect: 100-continue\r\nContent-Length: %d\r\n\r\n" % (2 * MEGABYTE))
        assert read(client)[0] == 413


def test_second_request_of_a_connection_is_not_served(server, eventually):
    before = server.log().count("/health")
    _, answer = server.ask(GET % b"/health" + GET % b"/health/ready")
    assert answer.count(b"HTTP/1.1") == 1
    eventually(lambda: server.log().count("/health") > before)
    assert server.log().count("/health/ready") == 0


def test_client_may_close_its_side_after_the_request(server):
    with server.connect() as client:
        client.sendall(GET % b"/health")
        client.shutdown(1)
        assert read(client)[0] == 200


def test_client_that_leaves_harms_nobody(server):
    for data in (b"", b"GET /hea", POST + b"Content-Length: 10\r\n\r\na", GET % b"/health"):
        with server.connect() as client:
            client.sendall(data)
    assert server.ask(GET % b"/health")[0] == 200
    assert "Traceback" not in server.log()


def test_requests_are_logged(server, eventually):
    server.ask(GET % b"/health?token=secret")
    server.ask(GET % b"/health bad")
    eventually(lambda: "Invalid request from ip=127.0.0.1: InvalidHTTPVersion" in server.log())
    assert '127.0.0.1 "GET /health HTTP/1.1" 200 16 bytes' in server.log()
    assert "secret" not in server.log()


REFUSALS = [
    (
        b"GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n" % (b"%s?q=" + b"x" * 70_000),
        414,
        b"Address too long",
        b"Shorten it",
    ),
    (
        b"GET %s HTTP/1.1\r\nHost: localhost\r\nCookie: " + b"x" * 70_000 + b"\r\n\r\n",
        431,
        b"Request headers too large",
        b"Delete the cookies",
    ),
    (b"GET %s HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400, b"Bad request", b"Check the address"),
]


@pytest.mark.parametrize(("request_", "status", "heading", "advice"), REFUSALS, ids=["line", "headers", "invalid"])
def test_refused_request_gets_a_page_that_says_what_to_do(server, request_, status, heading, advice):
    found, answer = server.ask(request_ % b"/search")
    assert found == status
    assert b"Content-Type: text/html; charset=utf-8\r\n" in answer
    assert b"<h1>%s</h1>\n<p>%s" % (heading, advice) in body(answer)
    assert b"\r\nContent-Length: %d\r\n" % len(body(answer)) in answer


@pytest.mark.parametrize(("request_", "status", "heading", "advice"), REFUSALS, ids=["line", "headers", "invalid"])
def test_refused_request_to_the_api_gets_json(server, request_, status, heading, advice):
    found, answer = server.ask(request_ % b"/api/search")
    error = json.loads(body(answer))
    assert (found, set(error)) == (status, {"error", "message"})
    assert error["message"].encode().startswith(b"%s. %s" % (heading, advice))


WORDS = "ねこ" * 150 + "🐈" * 700  # 1,000 characters: 11,200 bytes in an address, 18,600 when encoded twice


@pytest.mark.parametrize(
    "words", ["ねこ" * 300, WORDS, "é" * 1000, "x" * 1000], ids=["kana", "emoji", "accents", "letters"]
)
def test_longest_search_is_answered_and_kept_through_the_sign_in(server, words):
    page = f"/search?{urlencode({'q': words})}".encode()
    status, answer = server.ask(GET % page)
    location = re.search(rb"\r\nLocation: (\S+)", answer)[1]
    assert (status, parse_qs(urlsplit(location).query)[b"next"]) == (302, [page])
    referer = b"Referer: http://localhost%s\r\n" % page
    status, answer = server.ask(b"GET %s HTTP/1.1\r\nHost: localhost\r\n%s\r\n" % (location, referer))
    assert (status, b'name="password"' in answer) == (200, True)
    referer = b"Referer: http://localhost%s\r\n" % location
    assert server.ask(b"GET /auth/register HTTP/1.1\r\nHost: localhost\r\n%s\r\n" % referer)[0] == 200


@pytest.mark.parametrize("path", ["/api/search", "/api/search/people"])
def test_longest_search_of_the_api_is_answered(server, path):
    status, answer = server.ask(GET % f"{path}?{urlencode({'q': WORDS})}".encode())
    assert status == 401
    assert json.loads(body(answer))["error"] == "Unauthorized"
