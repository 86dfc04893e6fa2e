"""Relays TCP connections as an HTTP proxy does for CONNECT; runs in a container, whose image has Python and no more."""

import contextlib
import socket
import socketserver
import threading
from typing import Any

PORT = 8888
SECONDS = 60  # a connection may be silent for so long


def pump(source: socket.socket, target: socket.socket) -> None:
    """Copies from one connection to another until the end."""
    with contextlib.suppress(OSError):
        while part := source.recv(1 << 16):
            target.sendall(part)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)


class Relay(socketserver.StreamRequestHandler):
    """A client and the connection that it asks for."""

    timeout = SECONDS

    def handle(self) -> None:
        host, _, port = self.rfile.readline(300).split()[1].decode().rpartition(":")
        while self.rfile.readline(8192).strip():
            pass
        try:
            other = socket.create_connection((host, int(port)), 5)
        except OSError:
            self.wfile.write(b"HTTP/1.1 502 Bad Gateway\r\n\r\n")
            return
        with other:
            other.settimeout(SECONDS)
            self.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
            back = threading.Thread(target=pump, args=(other, self.connection))
            back.start()
            pump(self.connection, other)
            back.join()


class Server(socketserver.ThreadingTCPServer):
    """The relay; a connection that fails concerns only itself."""

    allow_reuse_address = daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass


if __name__ == "__main__":
    Server(("", PORT), Relay).serve_forever()
