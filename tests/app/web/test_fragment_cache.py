import pytest
from flask import render_template_string
from markupsafe import Markup

from app.web import fragment_cache

MENU = """{% call fragment("menu", name) %}{{ work(name) }}{% endcall %}"""


@pytest.fixture
def render(app):
    """`render(template, script_root, language, **values)`: render a template in a request."""

    def render(template, script_root="", language="en", **values):
        with app.test_request_context(base_url=f"http://localhost{script_root}", headers={"Accept-Language": language}):
            return render_template_string(template, **values)

    return render


@pytest.fixture
def work():
    """`work(name)` returns a text with the name; `work.done` lists the names of all calls."""

    def work(name):
        work.done.append(name)
        return f"<{name}>"

    work.done = []
    return work


def test_fragment_is_rendered_once(render, work):
    assert render(MENU, name="susan", work=work) == render(MENU, name="susan", work=work) == "&lt;susan&gt;"
    assert work.done == ["susan"]


def test_fragment_is_rendered_for_each_value_it_depends_on(render, work):
    pages = [render(MENU, name=name, work=work) for name in ("susan", "john", "susan")]
    assert pages == ["&lt;susan&gt;", "&lt;john&gt;", "&lt;susan&gt;"]
    assert work.done == ["susan", "john"]


def test_fragments_of_different_names_are_cached_apart(render, work):
    assert render(MENU.replace("menu", "foot"), name="susan", work=str.upper) == "SUSAN"
    assert render(MENU, name="susan", work=work) == "&lt;susan&gt;"


def test_fragment_is_rendered_for_each_language_and_mount_point(render, work):
    for _ in range(2):
        render(MENU, name="susan", work=work)
        render(MENU, name="susan", work=work, language="fr")
        render(MENU, name="susan", work=work, script_root="/blog")
    assert len(work.done) == 3


def test_cache_is_bounded_in_bytes(render, work, monkeypatch):
    render(MENU, name="susan", work=work)
    monkeypatch.setattr(fragment_cache, "LIMIT", 2 * fragment_cache._size)
    for name in ("john", "susan", "mary", "mary", "susan"):
        render(MENU, name=name, work=work)
        assert len(fragment_cache._cache) <= 2
    assert work.done == ["susan", "john", "mary", "susan"]


def test_size_of_nested_keys_counts(app, monkeypatch):
    monkeypatch.setattr(fragment_cache, "LIMIT", 100_000)
    with app.test_request_context():
        for number in range(50):
            fragment_cache.cached(("post", (number, ("x" * 10_000,))), lambda: Markup("short"))
    assert 1 <= len(fragment_cache._cache) < 10


def test_fragment_over_the_limit_is_not_cached(render, work, monkeypatch):
    monkeypatch.setattr(fragment_cache, "LIMIT", 1000)
    for _ in range(2):
        render(MENU, name="x" * 1000, work=work)
    assert (len(work.done), fragment_cache._cache) == (2, {})


def test_long_queries_do_not_fill_the_cache(client, monkeypatch):
    monkeypatch.setattr(fragment_cache, "LIMIT", 200_000)
    for number in range(100):
        client.get(f"/auth/login?{number}&{'a&' * 900}")
        assert fragment_cache._size <= 200_000
    assert fragment_cache._cache


def test_fragment_is_not_cached_while_templates_reload(app, render, work, monkeypatch):
    monkeypatch.setattr(app.jinja_env, "auto_reload", True)
    render(MENU, name="susan", work=work)
    render(MENU, name="susan", work=work)
    assert len(work.done) == 2


def test_no_csrf_token_is_cached(client, make_user, log_in):
    make_user("susan")
    log_in("susan")
    for path in ("/", "/explore", "/user/susan", "/edit_profile", "/nowhere"):
        client.get(path)
    assert fragment_cache._cache
    assert not [key for key, fragment in fragment_cache._cache.items() if "csrf_token" in fragment]
