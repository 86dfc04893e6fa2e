"""Every route answers every request with a page or JSON of the site, never with an unexpected error.

Requests are drawn by a fixed seed from bodies, types, queries and headers that clients, browsers and attackers send.
"""

import json
import random
import re

import pytest

from app.auth.services import issue_token
from app.database import db
from app.web import rate_limits
from tests.fixtures.users import PASSWORD

NAMES = [
    *(
        "username",
        "email",
        "password",
        "password2",
        "body",
        "recipient",
        "about_me",
        "display_name",
        "language",
        "name",
    ),
    *("csrf_token", "next", "up_to", "before", "after", "q", "page", "limit", "remember", "form_key", "locale"),
]
DIGITS = "9" * 5000
BOUNDARY = "multipart/form-data; boundary=x"


def part(name, value, more=""):
    return f'--x\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n{value}\r\n'.encode()


def fields(value):
    return json.dumps(dict.fromkeys(NAMES, value)).encode()


# Content types and bodies.
BODIES = [
    *[("application/json", fields(value)) for value in (5, 1.5, 10**400, True, None, [], [1], {}, "", "x", "\0")],
    *[("application/json", fields(value)) for value in ("\ud800", {"a": [None]}, [[["x"]]], "🫠" * 300, "x" * 5000)],
    *[("application/json", text.encode()) for text in ("", "null", "3", "[1]", '"x"', '{"a":', "[" * 100_000, "{}x")],
    *[("application/json", f'{{"{name}": {DIGITS}}}'.encode()) for name in ("username", "body", "up_to", "name")],
    *[("application/json", f'{{"up_to": {number}}}'.encode()) for number in ("NaN", "-Infinity", "1e999", "-1")],
    *[("application/json", '{"body": "é"}'.encode(code)) for code in ("latin-1", "utf-16", "utf-32", "utf-8-sig")],
    ("application/json", b"\x1f\x8b\x08\x00"),
    ("application/json; charset=nonsense", b'{"body": "x"}'),
    ("application/vnd.api+json", b'{"body": 5}'),
    ("application/x-www-form-urlencoded", "&".join(f"{name}=x" for name in NAMES).encode()),
    ("application/x-www-form-urlencoded", "&".join(f"{name}=%00" for name in NAMES).encode()),
    ("application/x-www-form-urlencoded", "&".join(f"{name}=%ff%fe" for name in NAMES).encode()),
    ("application/x-www-form-urlencoded", "&".join(f"{name}={DIGITS}" for name in NAMES).encode()),
    ("application/x-www-form-urlencoded; charset=utf-16", b"body=%80"),
    ("application/x-www-form-urlencoded", b"body=" + b"x" * 200_000),
    ("application/x-www-form-urlencoded", b"&".join(b"a%d=1" % number for number in range(2000))),
    (BOUNDARY, b"".join(part(name, "x") for name in NAMES) + b"--x--\r\n"),
    (BOUNDARY, b"".join(part(name, "x", '; filename="x"') for name in NAMES) + b"--x--\r\n"),
    (BOUNDARY, part("body", "x", "; filename*=nope''%ff") + b"--x--\r\n"),
    (BOUNDARY, b"".join(part(f"a{number}", "x") for number in range(1100)) + b"--x--\r\n"),
    (BOUNDARY, part("body", "cut")),
    ("multipart/form-data", b"--x\r\n"),
    ("multipart/form-data; boundary=" + "x" * 300, b"--x\r\n"),
    ("text/plain", b"hello"),
    ("application/xml", b"<a/>"),
    ("\xff; =", b"x"),
    (None, b"x"),
]
VALUES = [
    "%00",
    "%ff",
    "-1",
    "abc",
    DIGITS[:400],
    "%F0%9F%AB%A0",
    "1e9",
    "%D9%A3",
    "[]",
    "a%0d%0ab",
    "//evil.example",
    "",
]
HEADERS = [
    *[
        ("Host", host)
        for host in ("my_blog:5000", "a b", "[::1", "[::1]:5000", "é.example", "x" * 300, "a/b", "a:b", "")
    ],
    *[("Origin", origin) for origin in ("null", "https://evil.example", "http://[", "http://localhost:x")],
    *[("Referer", address) for address in ("http://[", "//", "http://localhost:x/", "javascript:1")],
    *[("Accept-Language", tags) for tags in ("*", "zz-ZZ;q=x", "fr;q=9", "a" * 900, "é", "en_US@x", ";;,,q=")],
    *[("Accept", kinds) for kinds in ("", "*/*;q=x", "nonsense", "application/json, text/html;q=0.1")],
    *[
        ("Authorization", given)
        for given in ("Basic", "Basic !", "Basic w6k6", "Bearer", "Bearer é", "Negotiate x", "é")
    ],
    *[
        ("Cookie", given)
        for given in ("microblog=x", "microblog=.x.y.z", "microblog_remember=1|x", "=", "theme=\x01", "é")
    ],
    *[("If-None-Match", tag) for tag in ("*", '"', "W/", "é")],
    *[("Range", span) for span in ("bytes=9-1", "bytes=x", "nonsense=1-2", f"bytes={DIGITS[:400]}-")],
    *[("Content-Encoding", name) for name in ("gzip", "identity", "br, gzip", "nonsense")],
    *[("X-Forwarded-For", address) for address in ("x", "::1, é")],
    *[("X-Requested-With", "fetch"), ("X-Request-ID", "é"), ("Idempotency-Key", "é"), ("Idempotency-Key", "x" * 900)],
    *[("If-Modified-Since", "x"), ("Sec-Fetch-Site", "x"), ("X-HTTP-Method-Override", "DELETE")],
]
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"]
CONVERTED = re.compile(r"<([^>:]*:)?[^>]*>")


@pytest.fixture
def open_app(app, monkeypatch):
    """The application as in production, but without CSRF tokens, so that every form is read."""
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    return app


@pytest.fixture
def credentials(open_app, susan):
    """`credentials()`: returns the headers of Susan's new session and of her new token."""

    def credentials():
        client = open_app.test_client()
        rate_limits.reset()
        client.post("/auth/login", data={"username": "susan", "password": PASSWORD})
        cookie = client.get_cookie("microblog")
        token, _kept = issue_token(susan)
        db.session.commit()
        return [("Cookie", f"microblog={cookie.value}"), ("Authorization", f"Bearer {token}")]

    return credentials


def routes(app):
    return sorted((rule for rule in app.url_map.iter_rules() if "static" not in rule.endpoint), key=str)


def path_of(rule):
    return CONVERTED.sub(lambda found: "1" if found[1] else "susan", rule.rule)


def is_wrong(path, answer):
    """Whether an error was not made by the site on purpose: a page, or JSON under /api."""
    if answer.status_code < 400 or not answer.content_length:
        return answer.status_code >= 500
    return answer.status_code >= 500 or (path.startswith("/api") and answer.mimetype != "application/json")


def test_every_body_has_an_answer_of_the_site(open_app, john, write, credentials):
    write(john, "hello")
    wrong = []
    for rule in routes(open_app):
        path, headers = path_of(rule), credentials()
        for method in sorted(rule.methods & {"POST", "PUT", "PATCH", "DELETE"}):
            for content_type, body in BODIES:
                rate_limits.reset()
                answer = open_app.test_client().open(
                    path, method=method, data=body, content_type=content_type, headers=headers
                )
                if is_wrong(path, answer):
                    wrong.append((method, path, content_type, body[:80], answer.status))
    assert not wrong


def test_every_header_has_an_answer_of_the_site(open_app, john, write, credentials):
    write(john, "hello")
    draw = random.Random(20)
    wrong = []
    for rule in routes(open_app):
        path, signed_in = path_of(rule), credentials()
        for name, value in draw.sample(HEADERS, 12):
            rate_limits.reset()
            query = "&".join(f"{draw.choice(NAMES)}={draw.choice(VALUES)}" for _ in range(draw.randrange(3)))
            method = draw.choice([*rule.methods, *METHODS])
            content_type, body = draw.choice(BODIES)
            headers = [(name, value), *draw.choice([[], signed_in])]
            answer = open_app.test_client().open(
                f"{path}?{query}", method=method, data=body, content_type=content_type, headers=headers
            )
            if is_wrong(path, answer):
                wrong.append((method, path, query, name, value, content_type, body[:80], answer.status))
    assert not wrong
