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


def test_a_picture_is_an_svg_that_browsers_keep_for_good(client):
    response = client.get("/avatar/7.svg")
    assert response.mimetype == "image/svg+xml"
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize("path", ["/avatar/0x7.svg", "/avatar/-1.svg", "/avatar/susan.svg", "/avatar/.svg"])
def test_a_picture_of_nobody_is_not_found(client, path):
    assert client.get(path).status_code == 404


def test_a_picture_asks_no_database(client, monkeypatch):
    monkeypatch.delattr("app.users.queries.db")
    monkeypatch.delattr("app.auth.queries.db")
    assert client.get("/avatar/99999999999999999999999999.svg").status_code == 200


def test_a_profile_shows_the_person(client, make_user, log_in):
    make_user("susan")
    log_in("susan")
    page = client.get("/user/susan")
    assert page.status_code == 200
    assert "@susan" in page.text


def test_a_profile_in_another_case_leads_to_its_own_spelling(client, make_user, log_in):
    make_user("Susan")
    log_in("Susan")
    assert client.get("/user/sUSAN?before=3&x=%2F").headers["Location"] == "/user/Susan?before=3&x=%2F"
    assert client.get("/user/susan?_external=1&_scheme=ftp").headers["Location"].startswith("/user/Susan?")


@pytest.mark.parametrize("name", ["nobody", "..%2F", "%00", "a%20b", "ｓusan", "susan%20", "x" * 3000])
def test_a_profile_of_nobody_is_not_found(client, make_user, log_in, name):
    make_user("susan")
    log_in("susan")
    assert client.get(f"/user/{name}").status_code == 404


def test_a_profile_is_edited(client, make_user, log_in, fill_in):
    make_user("susan")
    log_in("susan")
    response = fill_in(
        "/edit_profile", username="Susan2", display_name="Susan B.", about_me="Hello\r\nthere", locale=""
    )
    assert (response.status_code, response.headers["Location"]) == (302, "/user/Susan2")
    page = client.get("/user/Susan2").text
    assert "Your changes are saved." in page
    assert "<bdi>Susan B.</bdi>" in page
    assert "Hello\nthere" in page


@pytest.mark.parametrize("character", ["x", "🇫🇷"])
def test_140_characters_about_oneself_are_saved(client, make_user, log_in, fill_in, character):
    make_user("susan")
    log_in("susan")
    response = fill_in("/edit_profile", username="susan", display_name="", about_me=character * 140, locale="")
    assert response.status_code == 302
    assert f">{character * 140}<" in client.get("/user/susan").text


def test_a_profile_that_breaks_rules_keeps_what_was_typed_and_writes_nothing(client, make_user, log_in, fill_in):
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


def test_somebody_not_logged_in_edits_nothing_and_comes_back_to_the_page(client, make_user, log_in):
    make_user("susan")
    response = client.get("/edit_profile")
    assert (response.status_code, response.headers["Location"]) == (302, "/auth/login?next=/edit_profile")


@pytest.mark.parametrize("name", ["سوزان", "\u202esusan\u202d", "<b>x</b>"])
def test_any_name_is_isolated_from_the_text_around_it(client, make_user, log_in, fill_in, name):
    make_user("susan")
    log_in("susan")
    fill_in("/edit_profile", username="susan", display_name=name, about_me=name, locale="")
    page = client.get("/user/susan").text
    escaped = name.replace("<", "&lt;").replace(">", "&gt;")
    assert f"<bdi>{escaped}</bdi>" in page
    assert f"<title>\u2068{escaped}\u2069 –" in page
    assert f'dir="auto">{escaped}<' in page


def test_the_chosen_language_speaks_at_once_and_the_browsers_again_when_left_to_it(client, make_user, log_in, fill_in):
    make_user("susan")
    log_in("susan")
    fields = {"username": "susan", "display_name": "", "about_me": ""}
    fill_in("/edit_profile", locale="es", **fields)
    assert '<html lang="es"' in client.get("/user/susan", headers={"Accept-Language": "fr"}).text
    fill_in("/edit_profile", locale="", **fields)
    assert '<html lang="fr"' in client.get("/user/susan", headers={"Accept-Language": "fr"}).text


def test_a_profile_tells_since_when_and_how_lately_the_person_has_been_here(client, make_user, log_in):
    susan = make_user("susan")
    susan.created_at = datetime(2024, 2, 29, 12, tzinfo=UTC)
    db.session.commit()
    log_in("susan")
    page = client.get("/user/susan", headers={"Accept-Language": "es"}).text
    assert "febrero" in page
    assert f'<time datetime="{susan.last_seen_at.isoformat(timespec="seconds")}">' in page


def test_a_profile_tells_who_is_an_administrator_while_they_are_one(client, make_user, log_in):
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


def test_nobody_makes_themselves_an_administrator_by_a_field(client, make_user, log_in, fill_in):
    make_user("susan")
    log_in("susan")
    fill_in("/edit_profile", username="susan", display_name="S", about_me="", locale="", is_administrator="1")
    db.session.rollback()
    susan = by_username("susan")
    assert (susan.display_name, susan.is_administrator) == ("S", False)


def test_a_profile_offers_what_its_reader_can_do_there(client, make_user, log_in):
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


def test_the_form_of_a_profile_holds_what_is_kept(client, make_user, log_in):
    susan = make_user("susan")
    susan.display_name, susan.about_me, susan.locale = "Susan <B.>", "One\ntwo", "fr"
    db.session.commit()
    log_in("susan")
    page = client.get("/edit_profile").text
    for kept in ('value="susan"', 'value="Susan &lt;B.&gt;"', "One\ntwo</textarea>", '<option selected value="fr">'):
        assert kept in page
