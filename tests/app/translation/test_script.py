"""What js/translate.js is answered."""

import re

import pytest
from sqlalchemy import select

from app.database import db
from app.translation.models import Translation
from tests.app.translation.conftest import FRENCH


@pytest.fixture
def script(client, service):
    """`script(post_id)`: the response to js/translate.js."""

    def script(post_id):
        token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/explore").text)[1]
        headers = {"X-Requested-With": "fetch"}
        return client.post(f"/posts/{post_id}/translation", data={"csrf_token": token}, headers=headers)

    return script


def test_script_gets_translation_as_page_shows_it(client, susan, john_wrote, script):
    post_id = john_wrote()
    answer = script(post_id)
    assert answer.status_code == 200
    assert answer.json["html"].startswith('<section class="translation')
    assert answer.json["html"] in client.get(f"/posts/{post_id}").text
    assert db.session.scalars(select(Translation.body)).all() == [f"<fr>{FRENCH}<en>"]


def test_script_gets_message_if_service_fails(client, susan, service, john_wrote, script):
    service.mood = lambda handler: handler.answer(500, {"error": "no"})
    answer = script(john_wrote())
    assert (answer.status_code, answer.mimetype) == (503, "application/json")
    assert "Try again later." in answer.json["message"]
    assert "alert" not in client.get("/explore").text  # no flash message for the next page
