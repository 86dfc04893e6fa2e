import re

import pytest
from sqlalchemy import select, text

from app.database import LARGEST_ID, db
from app.translation.models import Translation
from tests.app.translation import libretranslate as moods
from tests.app.translation.conftest import FRENCH

BUTTON = 'formaction="/posts/{}/translation"'


def kept():
    db.session.rollback()
    return {(row.post_id, row.language): row.body for row in db.session.scalars(select(Translation))}


def shown(page):
    found = re.search(r'<section class="translation.*?lang="(\w+)">(.*?)</p>.*?</section>', page.text, re.S)
    return found and found.groups()


def test_a_post_in_another_language_can_be_translated(client, susan, service, john_wrote, press):
    post_id = john_wrote()
    assert BUTTON.format(post_id) in client.get("/explore").text
    page = press(post_id)
    assert shown(page) == ("en", f"&lt;fr&gt;{FRENCH}&lt;en&gt;")
    assert "Original language: French." in page.text
    assert FRENCH in page.text


@pytest.mark.parametrize(
    ("body", "language"),
    [
        ("The kettle is on and the rain can do what it likes.", None),  # the reader's own
        ("Hm.", None),  # not known
        (FRENCH, "en"),  # as its author says
    ],
)
@pytest.mark.parametrize("path", ["/explore", "/user/john"])
def test_what_needs_no_translation_has_no_button(client, susan, service, john_wrote, path, body, language):
    post_id = john_wrote(body, language)
    assert f'id="post-{post_id}"' in client.get(path).text
    assert "/translation" not in client.get(path).text


def test_the_reader_s_language_decides(client, susan, service, john_wrote, press):
    french, english = john_wrote(), john_wrote("The kettle is on and the rain can do what it likes.")
    page = client.get("/explore?lang=fr").text
    assert BUTTON.format(french) not in page
    assert BUTTON.format(english) in page
    page = press(english)
    assert shown(page)[0] == "fr"
    assert "Langue d’origine\u00a0: Anglais." in page.text


def test_without_a_service_nothing_is_offered(client, susan, john_wrote, fill_in):
    post_id = john_wrote()
    page = client.get("/explore").text
    assert "/translation" not in page
    assert "translate.js" not in page
    assert fill_in("/explore", to=f"/posts/{post_id}/translation").status_code == 404


def test_the_service_is_asked_once_for_each_language(client, susan, service, john_wrote, press):
    post_id = john_wrote()
    assert shown(press(post_id)) == shown(press(post_id))
    client.get("/?lang=es")
    press(post_id)
    assert [asked["target"] for _path, asked in service.asked] == ["en", "es"]
    assert set(kept()) == {(post_id, "en"), (post_id, "es")}


def test_whoever_opens_the_post_later_sees_its_translation_at_once(
    app, client, susan, service, john_wrote, press, log_in
):
    post_id = john_wrote()
    assert shown(client.get(f"/posts/{post_id}")) is None
    press(post_id)
    other = app.test_client()
    log_in("john", client=other)
    assert shown(other.get(f"/posts/{post_id}"))
    assert shown(other.get(f"/posts/{post_id}?lang=es")) is None


def test_no_statement_is_sent_for_it_to_show_a_timeline(client, susan, service, john_wrote, press, statements):
    post_id = john_wrote()
    with statements() as before:
        client.get("/explore")
    press(post_id)
    with statements() as after:
        client.get("/explore")
    assert len(after) <= len(before)
    assert not [statement for statement, _parameters in after if "translation" in statement]


def test_a_translation_goes_with_its_post(susan, service, john_wrote, press, log_in, app, fill_in):
    post_id = john_wrote()
    press(post_id)
    john = app.test_client()
    log_in("john", client=john)
    fill_in("/", to=f"/posts/{post_id}/delete", client=john)
    assert kept() == {}


@pytest.mark.parametrize("mood", [moods.silent, lambda handler: handler.answer(500, {"error": "no"})])
def test_a_service_in_trouble_is_a_message_above_the_post(client, susan, service, impatient, john_wrote, press, mood):
    service.mood = mood
    post_id = john_wrote()
    page = press(post_id)
    assert page.status_code == 200
    assert re.search(r'class="alert alert-warning" role="alert">.*Try again later\.', page.text, re.S)
    assert FRENCH in page.text
    assert BUTTON.format(post_id) in page.text
    assert kept() == {}


def test_the_message_is_in_the_readers_language(client, susan, service, john_wrote, press):
    service.mood = lambda handler: handler.answer(429, {"error": "Slowdown"})
    post_id = john_wrote("The kettle is on and the rain can do what it likes.")
    client.get("/?lang=fr")
    assert "Le service de traduction" in press(post_id).text


@pytest.fixture
def meanwhile(service):
    """`meanwhile(statement)`: what somebody else does to the database while the service works."""

    def meanwhile(statement):
        engine = db.engine  # the service's thread has no application

        def mood(handler):
            with engine.begin() as connection:
                connection.execute(text(statement))
            handler.answer(200, {"translatedText": "What a day"})

        service.mood = mood

    return meanwhile


def test_whoever_waits_holds_nothing_of_the_database(susan, service, john_wrote, press):
    """A transaction would hold up whoever writes or migrates, and a connection whoever needs one."""
    post_id = john_wrote()
    pool, held = db.engine.pool, []

    def mood(handler):
        held.append(pool.checkedout())
        handler.answer(200, {"translatedText": "What a day"})

    service.mood = mood
    db.session.rollback()
    press(post_id)
    assert held == [0]


def test_others_can_write_while_somebody_waits(susan, john_wrote, press, meanwhile):
    post_id = john_wrote()
    meanwhile("UPDATE user SET about_me = 'changed meanwhile'")
    assert shown(press(post_id)) == ("en", "What a day")
    db.session.refresh(susan)
    assert susan.about_me == "changed meanwhile"


def test_two_who_ask_at_once_both_get_it(susan, john_wrote, press, meanwhile):
    post_id = john_wrote()
    meanwhile(
        "INSERT INTO translation (post_id, language, body, created_at) "
        f"VALUES ({post_id}, 'en', 'What a day', '2026-01-01 00:00:00')"
    )
    assert shown(press(post_id)) == ("en", "What a day")


def test_a_post_that_is_deleted_meanwhile_is_not_found(susan, john_wrote, fill_in, meanwhile):
    post_id = john_wrote()
    meanwhile("DELETE FROM post")
    assert fill_in("/explore", to=f"/posts/{post_id}/translation").status_code == 404
    assert kept() == {}


@pytest.mark.parametrize("post_id", ["0", str(LARGEST_ID), "99999999999999999999", "-1", "abc"])
def test_what_is_not_there_is_not_found(client, susan, service, fill_in, post_id):
    assert client.get(f"/posts/{post_id}").status_code == 404
    assert fill_in("/explore", to=f"/posts/{post_id}/translation").status_code == 404
    assert fill_in("/explore", to=f"/posts/{post_id}/language").status_code == 404


def test_what_needs_no_translation_is_refused_without_asking(susan, service, john_wrote, fill_in):
    post_id = john_wrote("Hm.")
    assert fill_in("/explore", to=f"/posts/{post_id}/translation").status_code == 400
    assert service.asked == []


def test_reading_an_address_translates_nothing_nor_does_a_form_of_another_site(client, susan, service, john_wrote):
    post_id = john_wrote()
    assert client.get(f"/posts/{post_id}/translation").status_code == 405
    assert client.post(f"/posts/{post_id}/translation").status_code == 400
    assert service.asked == []


def test_a_visitor_is_asked_to_log_in(client, service, john_wrote, fill_in):
    post_id = john_wrote()
    assert client.get(f"/posts/{post_id}").location.startswith("/auth/login")
    assert fill_in("/auth/login", to=f"/posts/{post_id}/translation").location.startswith("/auth/login")
    assert service.asked == []


def test_nobody_keeps_the_service_busy(susan, service, john_wrote, fill_in):
    post_id = john_wrote()
    for _ in range(20):
        assert fill_in("/explore", to=f"/posts/{post_id}/translation").status_code == 302
    assert fill_in("/explore", to=f"/posts/{post_id}/translation").status_code == 429


HOSTILE = "<script>alert(1)</script>&amp; \u202eevil 👩\u200d👩\u200d👧 🫠"


def test_what_the_service_answers_is_text_and_kept_as_it_is(client, susan, service, john_wrote, press):
    service.mood = lambda handler: handler.answer(200, {"translatedText": HOSTILE})
    post_id = john_wrote()
    _language, html = shown(press(post_id))
    assert html == "&lt;script&gt;alert(1)&lt;/script&gt;&amp;amp; \u202eevil 👩\u200d👩\u200d👧 🫠"
    assert kept() == {(post_id, "en"): HOSTILE}
    assert service.asked[0][1]["q"] == FRENCH
