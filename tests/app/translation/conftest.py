"""Fixtures of the translation tests: the service, and a post to translate."""

import threading

import pytest

from app.database import db
from app.posts.services import create_post
from app.translation import client as translation_client
from tests.app.translation.libretranslate import LibreTranslate

FRENCH = "Quelle belle journée pour une promenade"


@pytest.fixture
def service(app, monkeypatch):
    """A running service that the application is configured to use."""
    server = LibreTranslate()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    monkeypatch.setitem(app.config, "TRANSLATE_URL", server.url)
    monkeypatch.setattr(translation_client, "_paused_until", 0.0)
    yield server
    server.over.set()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def impatient(monkeypatch):
    """A short timeout."""
    monkeypatch.setattr(translation_client, "TIMEOUT", 0.5)


@pytest.fixture
def john_wrote(make_user):
    """`john_wrote("Bonjour…", language="fr")`: the id of a new post by John."""
    john = make_user("john")

    def write(body=FRENCH, language=None):
        post = create_post(john.id, body, language)
        db.session.commit()
        return post.id

    return write


@pytest.fixture
def susan(susan, log_in):
    """The user, signed in."""
    log_in("susan")
    return susan


@pytest.fixture
def press(client, fill_in):
    """`press(post_id)`: press "Translate" on the public timeline; returns the page it leads to."""

    def press(post_id):
        response = fill_in("/explore", to=f"/posts/{post_id}/translation")
        assert response.status_code == 302
        return client.get(response.location)

    return press
