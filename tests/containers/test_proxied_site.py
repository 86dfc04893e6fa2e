"""make up with all companions: HTTPS by the proxy, MariaDB, Redis, a worker, mail; none has needless rights."""

import contextlib
import json
import re
import urllib.error
import urllib.request

import pytest
from engine import ROOT, get, wait_until
from proxied import COMPANIONS, find_container

pytestmark = pytest.mark.thorough


def test_containers_have_no_needless_rights(engine, site):
    for name, container in site.containers.items():
        host = engine.inspect(container.name)["HostConfig"]
        assert host["ReadonlyRootfs"], name
        assert host["CapDrop"] == ["ALL"], name
        assert "no-new-privileges:true" in host["SecurityOpt"], name
        assert host["Memory"] > 0, name
        assert host["Init"], name
        assert host["LogConfig"]["Config"] == {"max-file": "3", "max-size": "10m"}, name
        ids = re.findall(r"^[UG]id:\s+(\d+)", container.exec("cat", "/proc/1/status"), re.MULTILINE)
        assert "0" not in ids[:1], name


def test_only_the_proxy_and_this_machine_reach_the_application(engine, site):
    published = {name: engine.inspect(c.name)["NetworkSettings"]["Ports"] for name, c in site.containers.items()}
    assert {name for name, ports in published.items() if any(ports.values())} == {"web", "proxy"}
    assert {p["HostIp"] for ports in published.values() for listed in ports.values() for p in listed or []} == {
        "127.0.0.1"
    }


def test_secrets_are_only_in_files_of_their_owner(engine, site, project):
    folder = ROOT / f"instance/secrets/{project}-compose-mariadb"
    secrets = [(folder / name).read_text() for name in ("secret_key", "mariadb_password")]
    inspected = json.dumps([engine.inspect(container.name) for container in site.containers.values()])
    listed = engine("ps", "-a", "--no-trunc").stdout
    assert not [secret for secret in secrets if secret in inspected + listed]
    assert folder.parent.stat().st_mode & 0o777 == 0o700
    assert (ROOT / f"instance/{project}-compose.env").stat().st_mode & 0o777 == 0o600


def test_proxy_speaks_http_2(site):
    with site.connect("h2", "http/1.1") as client:
        assert client.selected_alpn_protocol() == "h2"


def test_plain_http_leads_to_https(engine, site):
    address = engine("port", site.containers["proxy"].name, "8080").stdout.strip()
    for origin in (f"http://{address}", f"http://localhost:{site.port}"):
        request = urllib.request.Request(f"{origin}/explore?q=1")
        opener = urllib.request.build_opener(NoRedirect)
        with pytest.raises(urllib.error.HTTPError) as caught:
            opener.open(request, timeout=20)
        assert (caught.value.code, caught.value.headers["Location"]) == (308, f"{site.url}/explore?q=1")


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_arguments):
        return None


def test_static_files_are_cached_for_a_year_and_compressed(site):
    page = site.fetch("/auth/login").read().decode()
    path = re.search(r'"(/bootstrap/static/css/[^"]+)"', page)[1]
    for _ in range(2):
        answer = site.fetch(path, **{"Accept-Encoding": "gzip"})
        assert answer.headers["Content-Encoding"] == "gzip"
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert len(answer.read()) < 60_000
    # The second time, the proxy answers by itself.
    assert site.containers["web"].logs.count("GET /bootstrap/static/css/") == 1


def test_clients_cannot_choose_their_address_or_scheme(site):
    site.fetch("/explore", **{"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "http"})
    assert "203.0.113.9" not in site.containers["web"].logs
    assert "Secure" in site.fetch("/auth/login").headers["Set-Cookie"]


def test_proxy_has_the_limits_of_the_application(site):
    assert site.fetch("/health", **{"X-Long": "a" * 50_000}).status == 200
    words = "%E3%81%AD%E3%81%93" * 500
    assert "/auth/login" in site.fetch(f"/search?q={words}").url
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(f"{site.url}/auth/login", b"a=" + b"b" * 2_000_000, timeout=20, context=site.trust)
    assert caught.value.code == 413
    assert "X-Request-ID" in caught.value.headers  # the application's page


def test_mail_is_printed_and_the_worker_does_the_jobs(site):
    susan, page = site.visitor(), f"{site.url}/settings/export"
    susan.register(site.url, "susan")
    susan.post(page)
    wait_until(lambda: "/settings/export/archive.zip" in susan.get(page), 60, "the archive")
    mails = wait_until(lambda: "confirm_address" in site.containers["mail"].logs and site.containers["mail"].logs, 30)
    assert f"{site.url}/settings/confirm_address?token=" in mails
    assert not [line for line in site.containers["web"].processes() if "app.jobs" in line]


def test_proxy_tells_that_the_application_is_away(engine, site):
    engine("stop", site.containers["web"].name)
    try:
        with pytest.raises(urllib.error.HTTPError) as caught:
            site.fetch("/explore?q=private")
        assert (caught.value.code, caught.value.headers["Retry-After"]) == (503, "5")
    finally:
        engine("start", site.containers["web"].name)
    wait_until(lambda: answers(site), 60, "an answer")
    log = site.containers["proxy"].logs
    assert "GET /explore 503" in log
    assert "private" not in log


def answers(site):
    with contextlib.suppress(OSError):
        return site.fetch("/health").status == 200
    return False


def test_companions_that_are_not_chosen_are_removed(engine, site, make, project):
    """The last test of this file: it changes the site."""
    make("up", PROFILES="mariadb", **site.variables)
    assert [name for name in COMPANIONS if find_container(engine, project, name)] == ["mariadb"]
    address = f"http://localhost:{site.port}"
    assert get(f"{address}/health/ready").status == 200
    make("down", **site.variables)
    assert not find_container(engine, project, "web")
    make("up", PROFILES="mariadb", **site.variables)
    find_container(engine, project, "web").exec("flask", "user", "sign-out", "susan")  # which is still there
