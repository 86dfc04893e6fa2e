import re
import shutil
from urllib.parse import quote

import pytest

from app.web import fragment_cache, templating


def style_sheet(client, page="/nope"):
    """Return the URL of the style sheet of `page`."""
    text = client.get(page).text
    return next(part for part in text.split('"') if "theme.css" in part)


def test_static_file_with_a_version_is_cached_for_a_year(client):
    response = client.get(style_sheet(client))
    assert response.status_code == 200
    assert {"public", "max-age=31536000", "immutable"} <= set(response.headers["Cache-Control"].split(", "))


def test_static_file_without_a_version_is_not_immutable(client):
    assert "immutable" not in client.get("/static/css/theme.css").headers["Cache-Control"]


def test_changed_static_file_has_a_new_url(app, client, tmp_path, monkeypatch):
    static = shutil.copytree(app.static_folder, tmp_path / "static")
    monkeypatch.setattr(app, "static_folder", str(static))
    before = style_sheet(client)
    (static / "css" / "theme.css").write_text("new", encoding="utf-8")
    fragment_cache.clear()
    assert style_sheet(client) != before


@pytest.mark.parametrize(
    ("url", "change", "expected"),
    [
        ("/nope", {"lang": "fr"}, "?lang=fr"),
        ("/nope?before=3&lang=es&tag=a&tag=b", {"lang": "fr"}, "?before=3&tag=a&tag=b&lang=fr"),
        ("/nope?q=%22%3E%3Cscript%3E%26", {"theme": "dark"}, "?q=%22%3E%3Cscript%3E%26&theme=dark"),
        ("//evil.example", {"theme": "dark"}, "?theme=dark"),
    ],
)
def test_here_replaces_arguments_of_the_query(app, url, change, expected):
    with app.test_request_context(url):
        assert templating.here(**change) == expected


@pytest.mark.parametrize("path", ["/auth/login", "/nope"])
def test_long_query_is_neither_repeated_nor_cached(client, path):
    short, long = client.get(path).text, client.get(f"{path}?{'a&' * 30_000}").text
    kept = fragment_cache._size
    assert len(long) < len(short) + 1000
    client.get(f"{path}?{'b&' * 30_000}")
    assert fragment_cache._size == kept


def test_long_query_is_left_out_of_the_address_to_sign_in_and_return_to(client):
    assert client.get(f"/explore?{'a&' * 30_000}").location == "/auth/login?next=/explore"
    words = f"?q={'%F0%9F%AB%A0' * 1000}"  # the longest search
    location = client.get(f"/search{words}").location
    assert location == f"/auth/login?next={quote(f'/search{words}', safe='/?')}"


def test_here_is_the_home_page_where_the_route_has_no_get(app):
    with app.test_request_context("/auth/logout", method="POST"):
        assert templating.here(lang="fr") == "/?lang=fr"


def test_menu_offers_what_the_viewer_can_do(client, make_user, log_in):
    def offered():
        menu = re.search(r"<header class=.site-header.*?</header>", client.get("/nope").text, re.S)[0]
        return re.findall(r'<(?:a|button)[^>]* (?:href|formaction)="([^"]+)"', menu)

    assert offered() == ["/", "/auth/login", "/auth/register"]
    make_user("susan")
    log_in("susan")
    assert {"/", "/explore", "/messages", "/notifications", "/user/susan", "/settings", "/auth/logout"} <= set(
        offered()
    )
    assert not {"/auth/login", "/auth/register"} & set(offered())
