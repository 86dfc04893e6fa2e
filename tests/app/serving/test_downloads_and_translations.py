"""Downloads to slow clients, and translations by a slow service, beside other requests."""

import re
import select
import threading
from urllib.parse import urlencode

import pytest

from app.database import db
from app.export.models import Archive, ArchiveChunk
from app.posts.services import create_post
from app.translation.client import MOST_AT_ONCE
from tests.app.serving.conftest import GET, body, connections, read
from tests.app.translation.libretranslate import LibreTranslate
from tests.fixtures.forms import csrf_token_in
from tests.fixtures.users import PASSWORD


def form(path, cookie, fields):
    """A form sent by a script."""
    content = urlencode(fields).encode()
    return (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\nX-Requested-With: fetch\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(content)}\r\n\r\n"
    ).encode() + content


def page(path, cookie):
    return f"GET {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\n\r\n".encode()


def token_in(answer):
    return csrf_token_in(answer.decode())


def cookie_in(answer):
    return "; ".join(re.findall(r"Set-Cookie: ([^;]+)", answer.decode()))


def sign_in(server):
    """Sign in as Susan; return the cookie."""
    _, answer = server.ask(GET % b"/auth/login")
    fields = {"username": "susan", "password": PASSWORD, "csrf_token": token_in(answer)}
    status, answer = server.ask(form("/auth/login", cookie_in(answer), fields))
    assert status == 302
    return cookie_in(answer)


@pytest.fixture
def archive(susan):
    """The bytes of an archive of Susan's data: a hundred times what the server buffers of it."""
    parts = [bytes([number]) * 60_000 for number in range(100)]
    archive = Archive(user_id=susan.id, complete=True, size=sum(map(len, parts)))
    db.session.add(archive)
    db.session.flush()
    for number, part in enumerate(parts):
        db.session.add(ArchiveChunk(archive_id=archive.id, number=number, data=part))
    db.session.commit()
    return b"".join(parts)


def test_slow_downloads_arrive_whole_beside_others(server, archive):
    cookie = sign_in(server)
    with connections(server, 20, page("/settings/export/archive.zip", cookie), buffer=4096) as clients:
        assert server.ask(GET % b"/health")[0] == 200
        assert server.ask(page("/", cookie))[0] == 200
        assert body(read(clients[0])[1]) == archive
        assert server.ask(GET % b"/health")[0] == 200


@pytest.fixture
def service():
    """A translation service that answers once `service.answers` is set."""
    server = LibreTranslate()
    server.answers = threading.Event()

    def wait(handler):
        server.answers.wait(3)
        handler.answer(200, {"translatedText": "Hello"})

    server.mood = wait
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def test_slow_translations_do_not_delay_others(start, susan, service, eventually):
    server = start(TRANSLATE_URL=service.url, WEB_CONCURRENCY="1")
    post = create_post(susan.id, "Quelle belle journée", language="fr")
    db.session.commit()
    _, answer = server.ask(page("/explore", sign_in(server)))
    request = form(f"/posts/{post.id}/translation", cookie_in(answer), {"csrf_token": token_in(answer)})
    with connections(server, MOST_AT_ONCE + 2, request) as readers:
        eventually(lambda: len(select.select(readers, [], [], 0)[0]) == 2)  # those who are told to wait
        assert server.ask(GET % b"/health")[0] == 200
        service.answers.set()
        answers = [read(reader) for reader in readers]
    assert sorted(status for status, _ in answers) == [200] * MOST_AT_ONCE + [503] * 2
    assert all(b"is busy. Try again in a minute." in answer for status, answer in answers if status == 503)
