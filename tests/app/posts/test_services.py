import pytest

from app.database import LARGEST_ID, db
from app.exceptions import Invalid, NotAllowed, NotFound
from app.posts import services
from app.posts.models import Post

EMOJI = "🫠 👩‍👩‍👧‍👦 🍣≠🍺 क्षि مرحبا"


def bodies():
    db.session.rollback()
    return [post.body for post in db.session.query(Post).order_by(Post.id)]


def test_a_post_is_kept_as_it_was_written(make_user):
    services.create_post(make_user("susan").id, EMOJI)
    db.session.commit()
    assert bodies() == [EMOJI]


@pytest.mark.parametrize(
    ("body", "said", "kept"),
    [
        ("Quelle belle journée pour une promenade", None, "fr"),
        ("Quelle belle journée pour une promenade", "en-GB", "en"),  # whoever writes knows
        ("Quelle", None, None),
        ("Quelle", "fr", "fr"),
    ],
)
def test_a_posts_language_is_what_its_author_says_or_its_text_shows(make_user, body, said, kept):
    assert services.create_post(make_user("susan").id, body, said).language == kept


def test_a_language_that_is_not_known_is_refused(make_user):
    with pytest.raises(Invalid, match="language"):
        services.create_post(make_user("susan").id, "Hello", "klingon")


def test_a_post_is_not_kept_before_the_view_commits(make_user):
    services.create_post(make_user("susan").id, "Hello")
    assert bodies() == []


def test_the_longest_post_is_kept_whole(make_user):
    longest = "a" + "\u0317" * 999
    services.create_post(make_user("susan").id, longest)
    db.session.commit()
    assert bodies() == [longest]


def test_a_text_against_the_rules_is_refused_whoever_calls(make_user):
    with pytest.raises(Invalid):
        services.create_post(make_user("susan").id, "\u200b")


def test_its_author_can_delete_a_post(make_user, write):
    susan = make_user("susan")
    write(susan, "one")
    services.delete_post(write(susan, "two"), by=susan)
    db.session.commit()
    assert bodies() == ["one"]


def test_nobody_else_can_delete_a_post(make_user, write):
    post_id = write(make_user("susan"), "mine")
    with pytest.raises(NotAllowed):
        services.delete_post(post_id, by=make_user("john"))
    assert bodies() == ["mine"]


def test_an_administrator_can_delete_anybodys_post(make_user, make_administrator, write):
    post_id = write(make_user("susan"), "spam")
    services.delete_post(post_id, by=make_administrator("john"))
    db.session.commit()
    assert bodies() == []


def test_a_post_that_is_not_there_cannot_be_deleted(make_user):
    with pytest.raises(NotFound):
        services.delete_post(LARGEST_ID, by=make_user("susan"))


def test_an_id_is_never_given_twice(make_user, write):
    susan = make_user("susan")
    first = write(susan, "one")
    services.delete_post(first, by=susan)
    db.session.commit()
    assert write(susan, "two") > first
