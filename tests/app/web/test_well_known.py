"""What browsers, crawlers and password managers look for at fixed addresses."""

import io
import re
import struct
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest


def png_size(content):
    """The width and height of a PNG in pixels (RFC 2083)."""
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    return struct.unpack(">II", content[16:24])


@pytest.fixture
def contact(app, monkeypatch):
    monkeypatch.setitem(app.config, "SECURITY_CONTACT", ["mailto:security@blog.example", "https://blog.example/s"])


@pytest.mark.parametrize(
    ("path", "content_type"),
    [
        ("/favicon.ico", "image/x-icon"),
        ("/robots.txt", "text/plain; charset=utf-8"),
        ("/site.webmanifest", "application/manifest+json"),
        ("/.well-known/security.txt", "text/plain; charset=utf-8"),
    ],
)
def test_known_files_can_be_cached_and_set_no_cookie(client, contact, path, content_type):
    for method in (client.get, client.head):
        response = method(path, query_string={"theme": "dark", "lang": "fr"})
        assert (response.status_code, response.content_type) == (200, content_type)
        assert response.cache_control.public
        assert response.cache_control.max_age > 0
        assert "Set-Cookie" not in response.headers
        assert "Cookie" not in response.headers.get("Vary", "")


def test_icon_holds_the_sizes_of_tabs(client):
    reader = io.BytesIO(client.get("/favicon.ico").data)
    _zero, kind, count = struct.unpack("<HHH", reader.read(6))
    assert (kind, [struct.unpack("<BB14x", reader.read(16))[0] for _ in range(count)]) == (1, [16, 32, 48])


@pytest.mark.parametrize("root", ["", "/blog"])
def test_manifest_names_icons_that_exist(client, root):
    mounted = {"SCRIPT_NAME": root}
    page = client.get("/auth/login", environ_overrides=mounted).text
    assert re.search(r'<link rel="manifest" href="([^"]+)"', page)[1] == f"{root}/site.webmanifest"
    manifest = client.get("/site.webmanifest", environ_overrides=mounted).json
    assert manifest["start_url"] == manifest["scope"] == f"{root}/"
    found = []
    for icon in manifest["icons"]:
        content = client.get(icon["src"].removeprefix(root)).data
        if icon["type"] == "image/png":
            assert icon["sizes"] == "{}x{}".format(*png_size(content))
        found.append((icon["sizes"], icon.get("purpose", "any")))
    assert found == [("any", "any"), ("192x192", "any"), ("512x512", "any"), ("512x512", "maskable")]


def test_touch_icon_of_the_page_exists(client):
    address = re.search(r'<link rel="apple-touch-icon" href="([^"]+)"', client.get("/auth/login").text)[1]
    assert png_size(client.get(address).data) == (180, 180)


@pytest.mark.parametrize(
    ("theme", "colours"),
    [
        ("auto", [("#ffffff", "(prefers-color-scheme: light)"), ("#161e1b", "(prefers-color-scheme: dark)")]),
        ("light", [("#ffffff", "")]),
        ("dark", [("#161e1b", "")]),
    ],
)
def test_page_has_the_colour_of_its_theme(client, theme, colours):
    page = client.get(f"/auth/login?theme={theme}").text
    assert re.findall(r'<meta name="theme-color" content="([^"]+)"(?: media="([^"]+)")?>', page) == colours


def test_crawlers_read_public_pages_only(client):
    lines = client.get("/robots.txt").text.splitlines()
    assert lines[0] == "User-agent: *"
    assert lines[-1] == "Disallow: /"
    assert "Allow: /auth/login$" in lines


def test_password_managers_find_the_form(client, make_user, log_in):
    redirect = client.get("/.well-known/change-password")
    assert (redirect.status_code, urlsplit(redirect.location).path) == (302, "/settings/password")
    make_user("susan")
    log_in("susan")
    assert "new-password" in client.get("/.well-known/change-password", follow_redirects=True).text
    assert (
        client.get("/.well-known/resource-that-should-not-exist-whose-status-code-should-not-be-200").status_code == 404
    )


def test_security_contact_is_published(client, contact):
    fields = [line.split(": ", 1) for line in client.get("/.well-known/security.txt").text.splitlines()]
    assert [value for name, value in fields if name == "Contact"] == [
        "mailto:security@blog.example",
        "https://blog.example/s",
    ]
    assert ["Canonical", "http://localhost:5000/.well-known/security.txt"] in fields
    [expires] = [datetime.fromisoformat(value) for name, value in fields if name == "Expires"]
    assert timedelta(days=30) < expires - datetime.now(UTC) < timedelta(days=365)


def test_without_security_contact_there_is_no_security_file(client):
    assert client.get("/.well-known/security.txt").status_code == 404
