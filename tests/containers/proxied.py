"""A site that `make up` started with all companions, for the tests of the proxy and of Compose."""

import functools
import shutil
import socket
import ssl
import urllib.request
from dataclasses import dataclass

import pytest
from engine import ROOT, Container, free_port
from visitor import Visitor

COMPANIONS = ["mariadb", "redis", "worker", "proxy", "mail"]


class ProxiedSite:
    """A site behind the proxy on this machine; a subclass has its `port`, and the proxy's `certificate`."""

    port: int
    certificate: str

    @property
    def url(self):
        return f"https://localhost:{self.port}"

    @functools.cached_property
    def trust(self):
        """An SSLContext that trusts the proxy's certificate."""
        return ssl.create_default_context(cadata=self.certificate)

    def fetch(self, path, **headers):
        """Returns the response to a GET, with its raw body."""
        request = urllib.request.Request(self.url + path, headers=headers)
        return urllib.request.urlopen(request, timeout=20, context=self.trust)

    def visitor(self):
        return Visitor(self.trust)

    def connect(self, *protocols):
        """Returns a TLS connection to the proxy."""
        trust = ssl.create_default_context(cadata=self.certificate)
        trust.set_alpn_protocols(protocols or ["http/1.1"])
        client = socket.socket()
        client.settimeout(20)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)  # so that a slow reader's kernel reads little
        client.connect(("127.0.0.1", self.port))
        return trust.wrap_socket(client, server_hostname="localhost")


@dataclass
class Site(ProxiedSite):
    """A site that `make up` started."""

    port: int
    containers: dict
    certificate: str
    variables: dict


def composes(engine):
    """Returns the environments that make `make up` use each Compose of this machine."""
    found = {}
    if engine("compose", "version", check=False).returncode == 0:
        found["plugin"] = {}
    if shutil.which("docker-compose"):
        found["docker-compose"] = {"DOCKER_CONFIG": "/nonexistent"}
    return found


@pytest.fixture(scope="module", params=["plugin", "docker-compose"])
def site(request, engine, make, any_builder, project, tmp_path_factory):
    if request.param not in composes(engine):
        pytest.skip(f"there is no Compose as {request.param}")
    settings = tmp_path_factory.mktemp("settings") / "env"
    settings.touch()
    port = free_port()
    variables = {
        "PORT": port,
        "DOCKER": any_builder.cli,
        "SETTINGS": settings,
        "env": any_builder.env | composes(engine)[request.param],
    }
    try:
        make("up", PROFILES=",".join(COMPANIONS), **variables)
        containers = {name: find_container(engine, project, name) for name in ["web", *COMPANIONS]}
        yield Site(port, containers, containers["proxy"].exec("cat", "/tls/cert.pem"), variables)
    finally:
        make("down", check=False, **variables)
        volumes = engine(
            "volume", "ls", "-q", "--filter", f"label=com.docker.compose.project={project}-compose"
        ).stdout.split()
        engine("volume", "rm", *volumes, check=False)
        (ROOT / f"instance/{project}-compose.env").unlink(missing_ok=True)
        shutil.rmtree(ROOT / f"instance/secrets/{project}-compose-mariadb", ignore_errors=True)


def find_container(engine, project, service):
    labels = [
        f"--filter=label=com.docker.compose.{key}" for key in (f"project={project}-compose", f"service={service}")
    ]
    found = engine("ps", "-aq", *labels).stdout.split()
    return Container(engine, found[0]) if found else None
