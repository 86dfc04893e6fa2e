"""make check, the relay to the containers: it leads into their network and nowhere else. No engine is needed."""

import socket
import threading
from contextlib import contextmanager
from ipaddress import ip_network
from itertools import pairwise

import pytest
from engine import free_port

from scripts.checking import relay_server
from scripts.checking.relay import create_network, subnets
from scripts.contract.engine import Engine


@contextmanager
def relay_into(*networks):
    """Gives the address of a relay into these networks."""
    with relay_server.Server(("127.0.0.1", 0), [ip_network(network) for network in networks]) as relay:
        threading.Thread(target=relay.serve_forever, daemon=True).start()
        try:
            yield relay.server_address
        finally:
            relay.shutdown()


def ask(client, target):
    """Asks a relay for a connection; returns the start of its response."""
    client.sendall(f"CONNECT {target} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
    return client.recv(100).split(b"\r\n")[0]


def test_relay_connects_inside_its_network():
    with socket.create_server(("127.0.0.1", 0)) as target, relay_into("127.0.0.0/24") as relay:
        with socket.create_connection(relay, timeout=5) as client:
            assert ask(client, f"127.0.0.1:{target.getsockname()[1]}") == b"HTTP/1.1 200 OK"
            peer, _ = target.accept()
            peer.sendall(b"good morning")
            assert client.recv(100) == b"good morning"
            peer.close()
        with socket.create_connection(relay, timeout=5) as client:
            assert ask(client, f"127.0.0.1:{free_port()}") == b"HTTP/1.1 502 Bad Gateway"


@pytest.mark.parametrize(
    ("host", "network"),
    [
        ("127.0.0.1", "192.0.2.0/24"),
        ("localhost", "127.0.0.0/24"),  # to look up a name would tell it to servers outside
        ("[::ffff:127.0.0.1]", "127.0.0.0/24"),
        ("::ffff:127.0.0.1", "192.0.2.0/24"),
        ("127.1", "127.0.0.0/24"),
        ("", "127.0.0.0/24"),
    ],
)
def test_relay_refuses_what_is_no_address_of_its_network(host, network):
    with socket.create_server(("127.0.0.1", 0)) as target, relay_into(network) as relay:
        with socket.create_connection(relay, timeout=5) as client:
            assert ask(client, f"{host}:{target.getsockname()[1]}") == b"HTTP/1.1 403 Forbidden"
        target.setblocking(False)
        with pytest.raises(BlockingIOError):
            target.accept()


class Recording(Engine):
    """An engine that runs nothing, and lists its commands."""

    def __call__(self, *arguments, seconds=0, both=False):
        self.commands.append(arguments)
        answers = {"port": self.cli, "network": '[{"subnets": [{"subnet": "10.89.0.0/24"}]}]'}
        return answers.get(arguments[0], "")


def test_relay_starts_in_a_network_that_others_can_join():
    """Rootless Podman's usual one is not of that kind."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        engine = Recording(f"127.0.0.1:{server.getsockname()[1]}")
        network = create_network(engine, "python")
    run = next(words for words in engine.commands if words[0] == "run")
    assert ("--network", "bridge") in pairwise(run)
    assert run[-1] == "10.89.0.0/24"
    assert ("network", "connect", network.name, network.relay) in engine.commands


@pytest.mark.parametrize(
    ("network", "found"),
    [
        (
            {"IPAM": {"Config": [{"Subnet": "172.20.0.0/16"}, {"Subnet": "fd00:1::/64"}]}},
            ["172.20.0.0/16", "fd00:1::/64"],
        ),
        ({"subnets": [{"subnet": "10.89.0.0/24", "gateway": "10.89.0.1"}]}, ["10.89.0.0/24"]),
    ],
    ids=["docker", "podman"],
)
def test_subnets_of_a_network_are_read(network, found):
    assert subnets(network) == found
