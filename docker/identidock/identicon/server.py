"""The identicon service: GET /DIGEST.svg draws the picture of a hexadecimal digest."""

import contextlib
import re
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from avatars import identicon


class Handler(BaseHTTPRequestHandler):
    """Answer a request; each has a thread."""

    timeout = 5  # seconds for a client to send its request

    def do_GET(self) -> None:
        """Send the picture, or 404 for any other path."""
        path = re.fullmatch(r"/([0-9a-f]{1,64})\.svg", self.path)
        if not path:
            self.send_error(404)
            return
        picture = identicon(int(path[1], 16)).encode()
        self.send_response(200)
        self.send_header("Content-Type", "image/svg+xml")
        self.send_header("Content-Length", str(len(picture)))
        self.end_headers()
        self.wfile.write(picture)


with contextlib.suppress(KeyboardInterrupt):
    # All addresses: the other containers connect from outside.
    ThreadingHTTPServer(("0.0.0.0", 8080), Handler).serve_forever()  # noqa: S104
