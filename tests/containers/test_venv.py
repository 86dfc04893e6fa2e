"""scripts/venv with a site's own package index and certificate authority."""

import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from engine import run_command


@pytest.fixture
def index(tmp_path):
    """Serves an empty package index with a certificate of an unknown authority.

    Yields the settings for it, and the list of the paths that were requested.
    """
    authority, key, asked = tmp_path / "authority.pem", tmp_path / "key.pem", []
    subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2", "-nodes"]
    run_command(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-keyout", key, "-out", authority, *subject])

    class Index(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *_arguments):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Index) as server:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(authority, key)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever).start()
        yield {"PIP_INDEX_URL": f"https://127.0.0.1:{server.server_port}/simple", "CA_FILE": str(authority)}, asked
        server.shutdown()


@pytest.fixture
def make_environment(tmp_path):
    """make_environment(settings): runs scripts/venv for a package that does not exist; the completed process."""
    lock = tmp_path / "lock.txt"
    lock.write_text(f"package-of-this-test==1.0 --hash=sha256:{'0' * 64}\n")

    def make_environment(settings):
        return run_command(["sh", "scripts/venv", tmp_path / "venv", lock], env=settings, check=False)

    return make_environment


def test_site_authority_is_trusted(index, make_environment):
    settings, asked = index
    result = make_environment(settings)
    assert asked == ["/simple/package-of-this-test/"]
    assert "No matching distribution found for package-of-this-test==1.0" in result.stderr


def test_unreadable_authority_is_reported_in_one_line(make_environment, tmp_path):
    result = make_environment({"CA_FILE": str(tmp_path / "nothing")})
    assert result.returncode == 1
    assert result.stderr.splitlines()[-1] == (
        f"error: CA_FILE={tmp_path / 'nothing'} is not a readable PEM certificate; give the authority's PEM file"
    )
