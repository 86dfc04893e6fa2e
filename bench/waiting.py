"""Measure how long others wait while clients or a service are slow: `python -m bench.waiting --help`."""

import argparse
import contextlib
import http.server
import os
import re
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from urllib.parse import urlencode, urlsplit

from flask import Flask
from flask_migrate import upgrade

from app import create_app
from app.database import db
from app.export.models import Archive, ArchiveChunk
from app.ops import cli
from app.posts.services import create_post
from app.users.services import create_user
from bench import load, sets
from config import Config

ARCHIVE = 6_000_000  # bytes
CHUNK = 60_000  # bytes
SLOW = 100_000  # bytes per second
SERVICE_TIME = 3.5  # seconds
PATIENCE = 10  # seconds after which a request counts as not answered
WATCH = 6  # seconds in which each kind of slow client is measured

Address = tuple[str, int]


def main() -> None:
    options = arguments()
    with tempfile.TemporaryDirectory() as folder, slow_service() as service:
        environ = {"DATA_DIR": folder, "SECRET_KEY": "signs one session", "TRANSLATE_URL": service}
        environ |= {"GUNICORN_CMD_ARGS": options.gunicorn}
        cookie, posts = prepare(create_app(Config(environ)))
        measure(environ, options.workers, options.clients, cookie, posts)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.waiting", description=__doc__)
    parser.add_argument("--clients", type=int, default=50, help="slow clients of each kind [50]")
    parser.add_argument("--workers", type=int, default=2, help="WEB_CONCURRENCY [2]")
    parser.add_argument("--gunicorn", default="", help="further arguments of gunicorn, as '--worker-class sync'")
    return parser.parse_args()


def prepare(app: Flask) -> tuple[str, list[int]]:
    """Create a user with an archive, and ten posts to translate; return the user's cookie and the ids of the posts."""
    cli.init_app(app)
    with app.app_context():
        upgrade()
        user = create_user("susan", "susan@example.com", "correct horse")
        posts = [create_post(user.id, f"Bonjour {number}", language="fr") for number in range(10)]
        archive = Archive(user_id=user.id, complete=True, size=ARCHIVE)
        db.session.add(archive)
        db.session.flush()
        for number in range(ARCHIVE // CHUNK):
            db.session.add(ArchiveChunk(archive_id=archive.id, number=number, data=os.urandom(CHUNK)))
        db.session.commit()
        post_ids, user_id = [post.id for post in posts], user.id
    return sets.browser(app, user_id)["Cookie"], post_ids


def measure(environ: dict[str, str], workers: int, clients: int, cookie: str, posts: list[int]) -> None:
    """Print, for each kind of slow client, the longest time that others waited for /health and for a page."""
    head = f"Host: localhost\r\nCookie: {cookie}\r\n"
    download = f"GET /settings/export/archive.zip HTTP/1.1\r\n{head}\r\n".encode()
    kinds: dict[str, Callable[[socket.socket], None]] = {
        "silent": lambda client: None,
        "half a header": lambda client: client.sendall(b"GET /health HTTP/1.1\r\nHost: local"),
        "half a body": lambda client: client.sendall(
            b"POST /auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nusername=su"
        ),
        "a byte every 2 s": trickle,
        "reading nothing of 6 MB": lambda client: client.sendall(download),
    }
    with load.served("microblog:app", environ, workers) as (url, _worker):
        address = (str(urlsplit(url).hostname), int(urlsplit(url).port or 0))
        print(f"{'none':30}", *waits(address))
        for name, slow in kinds.items():
            with many(address, clients, slow):
                print(f"{clients} {name:27}", *waits(address))
            time.sleep(1)
        token = csrf_token(address, head)
        translation = urlencode({"csrf_token": token}).encode()
        requests = iter(
            f"POST /posts/{post}/translation HTTP/1.1\r\n{head}X-Requested-With: fetch\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(translation)}\r\n\r\n".encode()
            + translation
            for post in posts
        )
        with many(address, len(posts), lambda client: client.sendall(next(requests))):
            print(f"{len(posts)} {'translations of 3.5 s':27}", *waits(address, SERVICE_TIME))
        began = time.perf_counter()
        size = read_slowly(address, download)
        print(f"{size} bytes of the archive at {SLOW} bytes/s in {time.perf_counter() - began:.1f} s")


def waits(address: Address, seconds: float = WATCH) -> list[str]:
    """Return the longest waits for /health and for a page within `seconds`, as text."""
    paths = ("/health", "/auth/login")
    longest = dict.fromkeys(paths, 0.0)
    end = time.monotonic() + seconds
    while time.monotonic() < end and max(longest.values()) < PATIENCE:
        for path in paths:
            began = time.perf_counter()
            get(address, path)
            longest[path] = max(longest[path], time.perf_counter() - began)
    return [f"{path} {f'{wait:.3f} s' if wait < PATIENCE else 'not answered'}" for path, wait in longest.items()]


def get(address: Address, path: str, head: str = "Host: localhost\r\n") -> str:
    """Return the answer of the server, as far as it comes within PATIENCE."""
    answer = b""
    with contextlib.suppress(OSError), socket.create_connection(address, PATIENCE) as client:
        client.sendall(f"GET {path} HTTP/1.1\r\n{head}Connection: close\r\n\r\n".encode())
        while data := client.recv(65536):
            answer += data
    return answer.decode(errors="replace")


def csrf_token(address: Address, head: str) -> str:
    found = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', get(address, "/explore", head))
    assert found, "no form"
    return found[1]


@contextlib.contextmanager
def many(address: Address, number: int, slow: Callable[[socket.socket], None]) -> Iterator[None]:
    """Keep `number` slow clients connected."""
    with contextlib.ExitStack() as stack:
        for _ in range(number):
            client = socket.socket()
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.connect(address)
            slow(stack.enter_context(client))
        yield


def trickle(client: socket.socket) -> None:
    """Send a request byte by byte, until the connection is closed."""

    def send() -> None:
        with contextlib.suppress(OSError):
            for byte in b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n":
                client.sendall(bytes([byte]))
                time.sleep(2)

    threading.Thread(target=send, daemon=True).start()


def read_slowly(address: Address, request: bytes) -> int:
    """Return the number of bytes of a body that is read at SLOW bytes per second."""
    size = 0
    with socket.create_connection(address, 60) as client:
        client.sendall(request)
        with contextlib.suppress(OSError):
            while data := client.recv(SLOW // 10):
                size += len(data) if size else len(data.partition(b"\r\n\r\n")[2])
                time.sleep(len(data) / SLOW)
    return size


@contextlib.contextmanager
def slow_service() -> Iterator[str]:
    """Run a translation service that answers after SERVICE_TIME; yields its URL."""

    class Service(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            time.sleep(SERVICE_TIME)
            body = b'{"translatedText": "Hello"}'
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Service) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


if __name__ == "__main__":
    main()
