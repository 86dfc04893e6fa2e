import pytest

from app.database import LARGEST_ID, db
from app.exceptions import Invalid, NotAllowed, NotFound
from app.posts import services
from app.posts.models import Post

EMOJI = "🫠 👩‍👩‍👧‍👦 🍣≠🍺 क्षि مرحبا"


def bodies():
    db.session.rollback()
    return [post.body for post in db.session.query(Post).order_by(Post.id)]


def test_post_is_stored_as_written(make_user):
    services.create_post(make_user("susan").id, EMOJI)
    db.session.commit()
    assert bodies() == [EMOJI]


@pytest.mark.parametrize(
    ("body", "chosen", "stored"),
    [
        ("Quelle belle journée pour une promenade", None, "fr"),
        ("Quelle belle journée pour une promenade", "en-GB", "en"),  # the choice wins
        ("Quelle", None, None),
        ("Quelle", "fr", "fr"),
    ],
)
def test_language_is_the_chosen_one_or_detected(make_user, body, chosen, stored):
    assert services.create_post(make_user("susan").id, body, chosen).language == stored


def test_unknown_language_is_refused(make_user):
    with pytest.raises(Invalid, match="language"):
        services.create_post(make_user("susan").id, "Hello", "klingon")


def test_create_post_does_not_commit(make_user):
    services.create_post(make_user("susan").id, "Hello")
    assert bodies() == []


def test_longest_post_fits_the_column(make_user):
    longest = "a" + "\u0317" * 999
    services.create_post(make_user("susan").id, longest)
    db.session.commit()
    assert bodies() == [longest]


def test_create_post_validates_the_body(make_user):
    with pytest.raises(Invalid):
        services.create_post(make_user("susan").id, "\u200b")


def test_author_can_delete_a_post(make_user, write):
    susan = make_user("susan")
    write(susan, "one")
    services.delete_post(write(susan, "two"), by=susan)
    db.session.commit()
    assert bodies() == ["one"]


def test_other_users_cannot_delete_a_post(make_user, write):
    post_id = write(make_user("susan"), "mine")
    with pytest.raises(NotAllowed):
        services.delete_post(post_id, by=make_user("john"))
    assert bodies() == ["mine"]


def test_administrator_can_delete_any_post(make_user, make_administrator, write):
    post_id = write(make_user("susan"), "spam")
    services.delete_post(post_id, by=make_administrator("john"))
    db.session.commit()
    assert bodies() == []


def test_only_deletions_by_administrators_are_logged(make_user, make_administrator, write, caplog):
    caplog.set_level("INFO", "app.posts.services")
    susan, john = make_user("susan"), make_administrator("john")
    services.delete_post(write(susan, "mine"), by=susan)
    services.delete_post(write(john, "mine too"), by=john)
    with pytest.raises(NotAllowed):
        services.delete_post(write(john, "not hers"), by=susan)
    spam = write(susan, "spam\nforged")
    services.delete_post(spam, by=john)
    assert caplog.messages == [f"post {spam} of user {susan.id} deleted by administrator {john.id}"]


def test_deleting_an_unknown_post_raises_not_found(make_user):
    with pytest.raises(NotFound):
        services.delete_post(LARGEST_ID, by=make_user("susan"))


def test_id_of_a_deleted_post_is_not_reused(make_user, write):
    susan = make_user("susan")
    first = write(susan, "one")
    services.delete_post(first, by=susan)
    db.session.commit()
    assert write(susan, "two") > first
