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


def test_foreign_post_is_translated(client, susan, service, john_wrote, press):
    post_id = john_wrote()
    assert BUTTON.format(post_id) in client.get("/explore").text
    page = press(post_id)
    assert shown(page) == ("en", f"&lt;fr&gt;{FRENCH}&lt;en&gt;")
    assert "Original language: French." in page.text
    assert FRENCH in page.text


@pytest.mark.parametrize(
    ("body", "language"),
    [
        ("The kettle is on and the rain can do what it likes.", None),  # the reader's language
        ("Hm.", None),  # unknown
        (FRENCH, "en"),  # set by its author
    ],
)
@pytest.mark.parametrize("path", ["/explore", "/user/john"])
def test_post_without_need_has_no_translate_button(client, susan, service, john_wrote, path, body, language):
    post_id = john_wrote(body, language)
    assert f'id="post-{post_id}"' in client.get(path).text
    assert "/translation" not in client.get(path).text


def test_reader_language_decides_on_translate_button(client, susan, service, john_wrote, press):
    french, english = john_wrote(), john_wrote("The kettle is on and the rain can do what it likes.")
    page = client.get("/explore?lang=fr").text
    assert BUTTON.format(french) not in page
    assert BUTTON.format(english) in page
    page = press(english)
    assert shown(page)[0] == "fr"
    assert "Langue d’origine\u00a0: Anglais." in page.text


def test_translation_is_absent_without_service(client, susan, john_wrote, fill_in):
    post_id = john_wrote()
    page = client.get("/explore").text
    assert "/translation" not in page
    assert "translate.js" not in page
    assert fill_in("/explore", to=f"/posts/{post_id}/translation").status_code == 404


def test_service_is_called_once_per_language(client, susan, service, john_wrote, press):
    post_id = john_wrote()
    assert shown(press(post_id)) == shown(press(post_id))
    client.get("/?lang=es")
    press(post_id)
    assert [asked["target"] for _path, asked in service.asked] == ["en", "es"]
    assert set(kept()) == {(post_id, "en"), (post_id, "es")}


def test_stored_translation_is_shown_to_others(app, client, susan, service, john_wrote, press, log_in):
    post_id = john_wrote()
    assert shown(client.get(f"/posts/{post_id}")) is None
    press(post_id)
    other = app.test_client()
    log_in("john", client=other)
    assert shown(other.get(f"/posts/{post_id}"))
    assert shown(other.get(f"/posts/{post_id}?lang=es")) is None


def test_timeline_does_not_query_translations(client, susan, service, john_wrote, press, statements):
    post_id = john_wrote()
    with statements() as before:
        client.get("/explore")
    press(post_id)
    with statements() as after:
        client.get("/explore")
    assert len(after) <= len(before)
    assert not [statement for statement, _parameters in after if "translation" in statement]


def test_delete_post_deletes_translation(susan, service, john_wrote, press, log_in, app, fill_in):
    post_id = john_wrote()
    press(post_id)
    john = app.test_client()
    log_in("john", client=john)
    fill_in("/", to=f"/posts/{post_id}/delete", client=john)
    assert kept() == {}


@pytest.mark.parametrize("mood", [moods.silent, lambda handler: handler.answer(500, {"error": "no"})])
def test_service_failure_is_shown_on_post_page(client, susan, service, impatient, john_wrote, press, mood):
    service.mood = mood
    post_id = john_wrote()
    page = press(post_id)
    assert page.status_code == 200
    assert re.search(r'class="alert alert-warning" role="alert">.*Try again later\.', page.text, re.S)
    assert FRENCH in page.text
    assert BUTTON.format(post_id) in page.text
    assert kept() == {}


def test_service_failure_is_in_readers_language(client, susan, service, john_wrote, press):
    service.mood = lambda handler: handler.answer(429, {"error": "Slowdown"})
    post_id = john_wrote("The kettle is on and the rain can do what it likes.")
    client.get("/?lang=fr")
    assert "Le service de traduction" in press(post_id).text


@pytest.fixture
def meanwhile(service):
    """`meanwhile(statement)`: execute it on another connection while the service translates."""

    def meanwhile(statement):
        engine = db.engine  # the service's thread has no application context

        def mood(handler):
            with engine.begin() as connection:
                connection.execute(text(statement))
            handler.answer(200, {"translatedText": "What a day"})

        service.mood = mood

    return meanwhile


def test_no_database_connection_is_held_while_waiting(susan, service, john_wrote, press):
    post_id = john_wrote()
    pool, held = db.engine.pool, []

    def mood(handler):
        held.append(pool.checkedout())
        handler.answer(200, {"translatedText": "What a day"})

    service.mood = mood
    db.session.rollback()
    press(post_id)
    assert held == [0]


def test_others_can_write_while_translation_waits(susan, john_wrote, press, meanwhile):
    post_id = john_wrote()
    meanwhile("UPDATE user SET about_me = 'changed meanwhile'")
    assert shown(press(post_id)) == ("en", "What a day")
    db.session.refresh(susan)
    assert susan.about_me == "changed meanwhile"


def test_concurrent_translations_both_succeed(susan, john_wrote, press, meanwhile):
    post_id = john_wrote()
    meanwhile(
        "INSERT INTO translation (post_id, language, body, created_at) "
        f"VALUES ({post_id}, 'en', 'What a day', '2026-01-01 00:00:00')"
    )
    assert shown(press(post_id)) == ("en", "What a day")


def test_post_deleted_during_translation_is_404(susan, john_wrote, fill_in, meanwhile):
    post_id = john_wrote()
    meanwhile("DELETE FROM post")
    assert fill_in("/explore", to=f"/posts/{post_id}/translation").status_code == 404
    assert kept() == {}


@pytest.mark.parametrize("post_id", ["0", str(LARGEST_ID), "99999999999999999999", "-1", "abc"])
def test_unknown_post_is_404(client, susan, service, fill_in, post_id):
    assert client.get(f"/posts/{post_id}").status_code == 404
    assert fill_in("/explore", to=f"/posts/{post_id}/translation").status_code == 404
    assert fill_in("/explore", to=f"/posts/{post_id}/language").status_code == 404


def test_post_without_language_is_refused(susan, service, john_wrote, fill_in):
    post_id = john_wrote("Hm.")
    assert fill_in("/explore", to=f"/posts/{post_id}/translation").status_code == 400
    assert service.asked == []


def test_get_and_missing_csrf_token_translate_nothing(client, susan, service, john_wrote):
    post_id = john_wrote()
    assert client.get(f"/posts/{post_id}/translation").status_code == 405
    assert client.post(f"/posts/{post_id}/translation").status_code == 400
    assert service.asked == []


def test_translation_requires_login(client, service, john_wrote, fill_in):
    post_id = john_wrote()
    assert client.get(f"/posts/{post_id}").location.startswith("/auth/login")
    assert fill_in("/auth/login", to=f"/posts/{post_id}/translation").location.startswith("/auth/login")
    assert service.asked == []


def test_translations_are_rate_limited(susan, service, john_wrote, fill_in):
    post_id = john_wrote()
    for _ in range(20):
        assert fill_in("/explore", to=f"/posts/{post_id}/translation").status_code == 302
    assert fill_in("/explore", to=f"/posts/{post_id}/translation").status_code == 429


HOSTILE = "<script>alert(1)</script>&amp; \u202eevil 👩\u200d👩\u200d👧 🫠"


def test_translation_is_escaped_and_stored_verbatim(client, susan, service, john_wrote, press):
    service.mood = lambda handler: handler.answer(200, {"translatedText": HOSTILE})
    post_id = john_wrote()
    _language, html = shown(press(post_id))
    assert html == "&lt;script&gt;alert(1)&lt;/script&gt;&amp;amp; \u202eevil 👩\u200d👩\u200d👧 🫠"
    assert kept() == {(post_id, "en"): HOSTILE}
    assert service.asked[0][1]["q"] == FRENCH
