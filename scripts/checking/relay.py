"""The network of a submission: internal, without a route to the outside, reached through a relay.

Engines publish no ports of an internal network, so a container of ours in both networks relays connections to it, as
an HTTP proxy does for CONNECT.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..contract.container import Container
from ..contract.engine import Engine, EngineError
from .relay_server import PORT

PROGRAM = Path(__file__).with_name("relay_server.py")


@dataclass(frozen=True)
class Network:
    """An internal network, the container that relays into it, and where this machine reaches that."""

    name: str
    relay: str
    address: tuple[str, int]


def create_network(engine: Engine, image: str) -> Network:
    """Creates a network with a relay; `image` has Python. `engine.remove_all` removes both."""
    name = engine.name()
    # Without an address of this machine in the network, which Podman does not offer, not even its servers are reached.
    apart = [] if engine.is_podman else ["--opt", "com.docker.network.bridge.inhibit_ipv4=true"]
    engine("network", "create", "--internal", *apart, *engine.labels(name), name)
    relay = engine.start(
        image,
        *("--network", "bridge"),  # the usual one of rootless Podman can't be combined with another
        *("-p", f"127.0.0.1::{PORT}"),
        *("--read-only", "--cap-drop", "ALL"),
        command=("python3", "-c", PROGRAM.read_text(encoding="utf-8"), *subnets(engine.inspect("network", name))),
    )
    engine("network", "connect", name, relay)
    network = Network(name, relay, Container(engine, relay, PORT).address())
    end = time.monotonic() + 60
    while time.monotonic() < end:
        with contextlib.suppress(OSError), socket.create_connection(network.address, timeout=2):
            return network
        time.sleep(0.2)
    raise EngineError("the relay to the containers does not answer")


def subnets(network: dict[str, Any]) -> list[str]:
    """Returns the subnets of a network as the engine describes it: Docker under IPAM, Podman beside the name."""
    docker = [config["Subnet"] for config in (network.get("IPAM") or {}).get("Config") or []]
    return docker or [subnet["subnet"] for subnet in network["subnets"]]


@dataclass
class Reached(Container):
    """A container of an internal network."""

    network: Network | None = None
    _inside: str = ""

    def connection(self, port: int | None = None) -> http.client.HTTPConnection:
        """Returns a connection through the relay, not yet open; raises EngineError if the container has ended."""
        assert self.network
        if not self._inside:
            networks = self.engine.inspect("container", self.name)["NetworkSettings"]["Networks"]
            self._inside = networks[self.network.name]["IPAddress"]
        if not self._inside:
            raise EngineError("the container has no address")
        connection = http.client.HTTPConnection(*self.network.address, timeout=5)
        connection.set_tunnel(self._inside, port or self.port)
        return connection
