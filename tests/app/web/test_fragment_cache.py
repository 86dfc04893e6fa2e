import pytest
from flask import render_template_string

from app.web import fragment_cache

MENU = """{% call fragment("menu", name) %}{{ work(name) }}{% endcall %}"""


@pytest.fixture
def render(app):
    """`render(template, path, language, **values)`: what it gives, inside of a request."""

    def render(template, script_root="", language="en", **values):
        with app.test_request_context(base_url=f"http://localhost{script_root}", headers={"Accept-Language": language}):
            return render_template_string(template, **values)

    return render


@pytest.fixture
def work():
    """A function that says for whom it worked, and in `work.done` for whom it did."""

    def work(name):
        work.done.append(name)
        return f"<{name}>"

    work.done = []
    return work


def test_a_piece_is_worked_out_once(render, work):
    assert render(MENU, name="susan", work=work) == render(MENU, name="susan", work=work) == "&lt;susan&gt;"
    assert work.done == ["susan"]


def test_a_piece_is_worked_out_for_each_value_that_it_depends_on(render, work):
    pages = [render(MENU, name=name, work=work) for name in ("susan", "john", "susan")]
    assert pages == ["&lt;susan&gt;", "&lt;john&gt;", "&lt;susan&gt;"]
    assert work.done == ["susan", "john"]


def test_pieces_of_other_names_are_others(render, work):
    assert render(MENU.replace("menu", "foot"), name="susan", work=str.upper) == "SUSAN"
    assert render(MENU, name="susan", work=work) == "&lt;susan&gt;"


def test_each_language_and_mount_point_has_its_own(render, work):
    for _ in range(2):
        render(MENU, name="susan", work=work)
        render(MENU, name="susan", work=work, language="fr")
        render(MENU, name="susan", work=work, script_root="/blog")
    assert len(work.done) == 3


def test_no_more_is_kept_than_there_is_room_for(render, work, monkeypatch):
    monkeypatch.setattr(fragment_cache, "KEPT", 2)
    for name in ("susan", "john", "susan", "mary", "mary", "susan"):
        render(MENU, name=name, work=work)
        assert len(fragment_cache._kept) <= 2
    assert work.done == ["susan", "john", "mary", "susan"]


def test_an_edit_shows_at_once_while_developing(app, render, work, monkeypatch):
    monkeypatch.setattr(app.jinja_env, "auto_reload", True)
    render(MENU, name="susan", work=work)
    render(MENU, name="susan", work=work)
    assert len(work.done) == 2


def test_no_token_of_a_session_is_ever_kept(client, make_user, log_in):
    make_user("susan")
    log_in("susan")
    for path in ("/", "/explore", "/user/susan", "/edit_profile", "/nowhere"):
        client.get(path)
    assert fragment_cache._kept
    assert not [key for key, piece in fragment_cache._kept.items() if "csrf_token" in piece]
