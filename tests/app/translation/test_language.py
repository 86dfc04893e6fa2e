"""Changing the language of a post."""

from sqlalchemy import select

from app.database import db
from app.exceptions import NotFound
from app.posts.models import Post
from app.posts.services import delete_post
from app.translation.models import Translation
from app.translation.services import set_language, store
from app.users.models import User
from tests.app.translation.conftest import FRENCH


def choose(fill_in, post_id, language):
    return fill_in(f"/posts/{post_id}", to=f"/posts/{post_id}/language", language=language)


def test_author_changes_language_of_post(client, susan, write, fill_in):
    post_id = write(susan, FRENCH)
    assert '<option value="fr" selected>French</option>' in client.get(f"/posts/{post_id}").text
    response = choose(fill_in, post_id, "es")
    assert (response.status_code, response.location) == (302, f"/posts/{post_id}")
    page = client.get(f"/posts/{post_id}").text
    assert '<option value="es" selected>' in page
    assert 'lang="es"' in page
    choose(fill_in, post_id, "")
    assert db.session.scalar(select(Post.language)) is None


def test_language_change_deletes_translations(client, susan, service, write, press, fill_in):
    post_id = write(susan, FRENCH)
    assert '<section class="translation' in press(post_id).text
    choose(fill_in, post_id, "es")
    assert db.session.scalars(select(Translation)).all() == []
    assert '<section class="translation' not in client.get(f"/posts/{post_id}").text


def test_only_author_changes_language(client, susan, john_wrote, fill_in):
    post_id = john_wrote()
    assert "/language" not in client.get(f"/posts/{post_id}").text
    assert fill_in("/explore", to=f"/posts/{post_id}/language", language="es").status_code == 403
    assert db.session.scalar(select(Post.language)) == "fr"


def test_unknown_language_is_refused(susan, write, fill_in):
    post_id = write(susan, FRENCH)
    assert choose(fill_in, post_id, "klingon").status_code == 400
    assert db.session.scalar(select(Post.language)) == "fr"


def test_translation_from_the_former_language_is_not_stored(susan, write, context):
    """The language was changed while the service translated."""
    post_id = write(susan, FRENCH)
    set_language(post_id, "es", by=susan.id)
    store(post_id, "en", "from French", source="fr")
    store(post_id, "de", "aus dem Spanischen", source="es")
    db.session.commit()
    assert [row.body for row in db.session.scalars(select(Translation))] == ["aus dem Spanischen"]


def test_language_of_a_post_that_is_deleted_meanwhile_is_not_found(susan, write, interleave):
    user_id = susan.id

    def change(post_id):
        try:
            set_language(post_id, "es", by=user_id)
        except NotFound:
            return "not found"
        return "changed"

    def delete(post_id):
        delete_post(post_id, by=db.session.get_one(User, user_id))
        return "deleted"

    results = interleave(lambda: write(susan, FRENCH), delete, change)
    assert set(results) == {("not found", "deleted"), ("changed", "deleted")}
