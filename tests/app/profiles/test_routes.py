import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from app.database import db
from app.users.models import User
from app.users.queries import by_username
from app.users.services import demote, promote


def names():
    db.session.rollback()
    return db.session.scalars(select(User.username).order_by(User.id)).all()


def test_avatar_is_svg_and_immutable(client):
    response = client.get("/avatar/7.svg")
    assert response.mimetype == "image/svg+xml"
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize("path", ["/avatar/0x7.svg", "/avatar/-1.svg", "/avatar/susan.svg", "/avatar/.svg"])
def test_avatar_of_invalid_id_is_not_found(client, path):
    assert client.get(path).status_code == 404


def test_avatar_takes_no_query(client, monkeypatch):
    monkeypatch.delattr("app.users.queries.db")
    monkeypatch.delattr("app.auth.queries.db")
    assert client.get("/avatar/99999999999999999999999999.svg").status_code == 200


def test_profile_shows_user(client, make_user, log_in):
    make_user("susan")
    log_in("susan")
    page = client.get("/user/susan")
    assert page.status_code == 200
    assert "@susan" in page.text


def test_profile_redirects_to_case_of_username(client, make_user, log_in):
    make_user("Susan")
    log_in("Susan")
    assert client.get("/user/sUSAN?before=3&x=%2F").headers["Location"] == "/user/Susan?before=3&x=%2F"
    assert client.get("/user/susan?_external=1&_scheme=ftp").headers["Location"].startswith("/user/Susan?")


@pytest.mark.parametrize("name", ["nobody", "..%2F", "%00", "a%20b", "ｓusan", "susan%20", "x" * 3000])
def test_profile_of_unknown_user_is_not_found(client, make_user, log_in, name):
    make_user("susan")
    log_in("susan")
    assert client.get(f"/user/{name}").status_code == 404


def test_profile_can_be_edited(client, make_user, log_in, fill_in):
    make_user("susan")
    log_in("susan")
    response = fill_in(
        "/edit_profile", username="Susan2", display_name="Susan B.", about_me="Hello\r\nthere", locale=""
    )
    assert (response.status_code, response.headers["Location"]) == (302, "/user/Susan2")
    page = client.get("/user/Susan2").text
    assert "Your changes were saved." in page
    assert "<bdi>Susan B.</bdi>" in page
    assert "Hello\nthere" in page


@pytest.mark.parametrize("character", ["x", "🇫🇷"])
def test_about_me_of_140_characters_is_saved(client, make_user, log_in, fill_in, character):
    make_user("susan")
    log_in("susan")
    response = fill_in("/edit_profile", username="susan", display_name="", about_me=character * 140, locale="")
    assert response.status_code == 302
    assert f">{character * 140}<" in client.get("/user/susan").text


def test_invalid_profile_keeps_input_and_is_not_saved(client, make_user, log_in, fill_in):
    make_user("john")
    make_user("susan")
    log_in("susan")
    response = fill_in("/edit_profile", username="a/b", display_name="D" * 65, about_me="x" * 141, locale="xx")
    assert response.status_code == 400
    for typed in ('value="a/b"', "D" * 65, "x" * 141):
        assert typed in response.text
    assert response.text.count('aria-invalid="true"') == 4
    taken = fill_in("/edit_profile", username="JOHN", display_name="", about_me="typed", locale="")
    assert taken.status_code == 400
    assert "This username is taken." in taken.text
    assert "typed" in taken.text
    assert names() == ["john", "susan"]


def test_editing_redirects_visitor_to_sign_in(client, make_user, log_in):
    make_user("susan")
    response = client.get("/edit_profile")
    assert (response.status_code, response.headers["Location"]) == (302, "/auth/login?next=/edit_profile")


@pytest.mark.parametrize("name", ["سوزان", "\u202esusan\u202d", "<b>x</b>"])
def test_display_name_is_isolated_and_escaped(client, make_user, log_in, fill_in, name):
    make_user("susan")
    log_in("susan")
    fill_in("/edit_profile", username="susan", display_name=name, about_me=name, locale="")
    page = client.get("/user/susan").text
    escaped = name.replace("<", "&lt;").replace(">", "&gt;")
    assert f"<bdi>{escaped}</bdi>" in page
    assert "<title>@susan –" in page
    assert f'dir="auto">{escaped}<' in page


def test_chosen_language_applies_until_left_to_browser(client, make_user, log_in, fill_in):
    make_user("susan")
    log_in("susan")
    fields = {"username": "susan", "display_name": "", "about_me": ""}
    fill_in("/edit_profile", locale="es", **fields)
    assert '<html lang="es"' in client.get("/user/susan", headers={"Accept-Language": "fr"}).text
    fill_in("/edit_profile", locale="", **fields)
    assert '<html lang="fr"' in client.get("/user/susan", headers={"Accept-Language": "fr"}).text


def test_profile_shows_when_user_joined_and_was_last_seen(client, make_user, log_in):
    susan = make_user("susan")
    susan.created_at = datetime(2024, 2, 29, 12, tzinfo=UTC)
    db.session.commit()
    log_in("susan")
    page = client.get("/user/susan", headers={"Accept-Language": "es"}).text
    assert "febrero" in page
    assert f'<time datetime="{susan.last_seen_at.isoformat(timespec="seconds")}">' in page


def test_profile_shows_administrator_badge(client, make_user, log_in):
    make_user("susan")
    john = make_user("john")
    log_in("susan")
    assert "Administrator" not in client.get("/user/john").text
    promote(john)
    db.session.commit()
    assert "Administrator" in client.get("/user/john").text
    assert "Administrator" not in client.get("/user/susan").text
    demote(john)
    db.session.commit()
    assert "Administrator" not in client.get("/user/john").text


def test_form_field_cannot_make_administrator(client, make_user, log_in, fill_in):
    make_user("susan")
    log_in("susan")
    fill_in("/edit_profile", username="susan", display_name="S", about_me="", locale="", is_administrator="1")
    db.session.rollback()
    susan = by_username("susan")
    assert (susan.display_name, susan.is_administrator) == ("S", False)


def test_profile_offers_actions_of_viewer(client, make_user, log_in):
    susan = make_user("susan")
    make_user("john")
    log_in("susan")
    own, other = (
        re.search(r'<header class="profile.*?</header>', client.get(f"/user/{name}").text, re.S)[0]
        for name in ("susan", "john")
    )
    assert f'src="/avatar/{susan.id}.svg"' in own
    to_edit, to_follow, to_write = 'href="/edit_profile"', 'formaction="/follow/', 'href="/messages/with/'
    assert [offer in own for offer in (to_edit, to_follow, to_write)] == [True, False, False]
    assert [offer in other for offer in (to_edit, to_follow, to_write)] == [False, True, True]


def test_profile_form_shows_stored_values(client, make_user, log_in):
    susan = make_user("susan")
    susan.display_name, susan.about_me, susan.locale = "Susan <B.>", "One\ntwo", "fr"
    db.session.commit()
    log_in("susan")
    page = client.get("/edit_profile").text
    for kept in ('value="susan"', 'value="Susan &lt;B.&gt;"', "One\ntwo</textarea>", '<option selected value="fr">'):
        assert kept in page
