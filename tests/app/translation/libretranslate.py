"""A fake LibreTranslate service that can misbehave."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SUPPORTED = {"en", "fr", "es", "de", "zh", "nb"}


class LibreTranslate(ThreadingHTTPServer):
    """Answers with the text between the tags of both languages. `key` is the key it requires, `mood` how it misbehaves.

    `asked` holds the requests, as (path, JSON). `left` is set when the client of a slow mood disconnects.
    """

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.key, self.mood = None, None
        self.asked, self.left, self.over = [], threading.Event(), threading.Event()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    def log_message(self, *arguments):
        pass

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((self.path, asked))
        if self.server.mood:
            self.server.mood(self)
        elif not self.path.endswith("/translate"):
            self.answer(404, {"error": "Not found"})
        elif self.server.key and asked.get("api_key") != self.server.key:
            self.answer(403, {"error": f"Invalid API key {asked.get('api_key')}"})
        elif unknown := {asked["source"], asked["target"]} - SUPPORTED:
            self.answer(400, {"error": f"{unknown.pop()} is not supported"})
        else:
            self.answer(200, {"translatedText": f"<{asked['source']}>{asked['q']}<{asked['target']}>"})

    def answer(self, status, value, **headers):
        body = value if isinstance(value, bytes) else json.dumps(value).encode()
        self.send_response(status)
        for name, content in {"Content-Length": len(body), **headers}.items():
            self.send_header(name.replace("_", "-"), str(content))
        self.end_headers()
        self.wfile.write(body)

    def drip(self, piece, seconds=0.05):
        """Send `piece` repeatedly until the client disconnects."""
        try:
            while not self.server.over.wait(seconds):
                self.wfile.write(piece)
        except OSError:
            self.server.left.set()


def silent(handler):
    """Send nothing until the client disconnects."""
    if handler.connection.recv(1) == b"":
        handler.server.left.set()


def dripping_headers(handler):
    handler.wfile.write(b"HTTP/1.0 200 OK\r\nX-Slow: ")
    handler.drip(b"a")


def dripping_body(handler):
    handler.wfile.write(b"HTTP/1.0 200 OK\r\nContent-Length: 9999\r\n\r\n")
    handler.drip(b" ")


def endless(handler):
    handler.wfile.write(b'HTTP/1.0 200 OK\r\n\r\n{"translatedText": "')
    handler.drip(b"a" * 65536, seconds=0)
