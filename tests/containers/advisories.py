"""A stand-in for OSV, the database of vulnerabilities, which tests can't rely on to be reached."""

import http.server
import json
import threading

import pytest

# What `make audit` asks for first, to see whether the database knows anything.
FLASK = {("PyPI", "flask", "0.12"): ["PYSEC-2018-66"]}


@pytest.fixture
def advisories():
    """advisories({("PyPI", "flask", "0.12"): ["CVE-1"]}): starts a server with these advisories; its URL."""
    servers = []

    def advisories(known):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                results = [answer(known, query) for query in body["queries"]]
                text = json.dumps({"results": results}).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}"

    yield advisories
    for server in servers:
        server.shutdown()
        server.server_close()


def answer(known, query):
    """One advisory a page, as OSV does for a package with very many."""
    package, version = query["package"], query["version"]
    ids = known.get((package["ecosystem"], package["name"], version), [])
    page = int(query.get("page_token", 0))
    result = {"vulns": [{"id": name} for name in ids[page : page + 1]]} if ids else {}
    return result | ({"next_page_token": str(page + 1)} if page + 1 < len(ids) else {})
