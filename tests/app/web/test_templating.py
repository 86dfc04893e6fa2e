import re
import shutil

import pytest

from app.web import fragment_cache, templating


def address(client, page="/nope"):
    """The address of the style sheet on `page`."""
    text = client.get(page).text
    return next(part for part in text.split('"') if "theme.css" in part)


def test_static_file_can_be_kept_for_ever_under_its_version(client):
    response = client.get(address(client))
    assert response.status_code == 200
    assert {"public", "max-age=31536000", "immutable"} <= set(response.headers["Cache-Control"].split(", "))


def test_static_file_without_version_is_asked_for_again(client):
    assert "immutable" not in client.get("/static/css/theme.css").headers["Cache-Control"]


def test_changed_file_has_another_address(app, client, tmp_path, monkeypatch):
    static = shutil.copytree(app.static_folder, tmp_path / "static")
    monkeypatch.setattr(app, "static_folder", str(static))
    before = address(client)
    (static / "css" / "theme.css").write_text("new", encoding="utf-8")
    fragment_cache.clear()
    assert address(client) != before


@pytest.mark.parametrize(
    ("url", "change", "expected"),
    [
        ("/nope", {"lang": "fr"}, "?lang=fr"),
        ("/nope?before=3&lang=es&tag=a&tag=b", {"lang": "fr"}, "?before=3&tag=a&tag=b&lang=fr"),
        ("/nope?q=%22%3E%3Cscript%3E%26", {"theme": "dark"}, "?q=%22%3E%3Cscript%3E%26&theme=dark"),
        ("//evil.example", {"theme": "dark"}, "?theme=dark"),
    ],
)
def test_same_page_with_another_query(app, url, change, expected):
    with app.test_request_context(url):
        assert templating.here(**change) == expected


def test_page_that_only_takes_forms_leads_to_the_start(app):
    with app.test_request_context("/auth/logout", method="POST"):
        assert templating.here(lang="fr") == "/?lang=fr"


def test_the_menu_offers_what_the_reader_can_do(client, make_user, log_in):
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
