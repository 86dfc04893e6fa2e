"""Relays TCP connections as an HTTP proxy does for CONNECT; runs in a container, whose image has Python and no more.

The arguments are the subnets that it relays into. Submissions reach it too, so it must lead nowhere else.
"""

import contextlib
import socket
import socketserver
import sys
import threading
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
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
    server: "Server"

    def handle(self) -> None:
        host, _, port = self.rfile.readline(300).split()[1].decode().rpartition(":")
        while self.rfile.readline(8192).strip():
            pass
        if not self.server.leads_to(host):
            self.wfile.write(b"HTTP/1.1 403 Forbidden\r\n\r\n")
            return
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
    """A relay into some networks; a connection that fails concerns only itself."""

    allow_reuse_address = daemon_threads = True

    def __init__(self, address: tuple[str, int], networks: list[IPv4Network | IPv6Network]) -> None:
        super().__init__(address, Relay)
        self._networks = networks

    def leads_to(self, host: str) -> bool:
        """Returns whether a host is an address in the networks; not for a name, whose lookup would tell it outside."""
        try:
            return any(ip_address(host) in network for network in self._networks)
        except ValueError:
            return False

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass


if __name__ == "__main__":
    Server(("", PORT), [ip_network(subnet) for subnet in sys.argv[1:]]).serve_forever()
