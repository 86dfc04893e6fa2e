from functools import partial

import pytest

from app.database import db
from app.exceptions import NotFound
from app.ops.user_commands import recount
from app.posts.models import Post
from app.posts.services import create_post, delete_post
from app.relationships.models import Follow
from app.relationships.services import follow
from app.users.models import User, UserCounts


def counts_of(user):
    db.session.rollback()
    counts = db.session.get(UserCounts, user.id, populate_existing=True)
    return counts and (counts.posts, counts.followers)


def test_new_user_has_no_row_of_counts(make_user):
    assert counts_of(make_user("susan")) is None


def test_post_count_follows_posts(make_user, write):
    susan, john = make_user("susan"), make_user("john")
    first = write(susan, "one", "two")
    write(john, "three")
    assert (counts_of(susan), counts_of(john)) == ((2, 0), (1, 0))
    delete_post(first, by=susan)
    db.session.commit()
    assert (counts_of(susan), counts_of(john)) == ((1, 0), (1, 0))


def test_rolled_back_post_is_not_counted(make_user):
    susan = make_user("susan")
    create_post(susan.id, "Hello")
    assert counts_of(susan) is None


def test_simultaneous_deletions_of_a_post_count_once(make_user, write, at_once):
    susan = make_user("susan")
    posts = [write(susan, f"post {number}") for number in range(6)]
    author = susan.id

    def delete(post_id):
        try:
            delete_post(post_id, by=db.session.get(User, author))
        except NotFound:
            return False
        return True

    for left, post_id in enumerate(posts[::-1]):
        assert sorted(at_once(*[partial(delete, post_id)] * 3)) == [False, False, True]
        assert counts_of(susan) == (len(posts) - 1 - left, 0)


def test_simultaneous_follows_and_posts_are_all_counted(make_user, at_once):
    susan, *others = (make_user(name) for name in ("susan", "john", "mary", "david"))
    following = [partial(follow, other.id, susan.id) for other in others]
    at_once(*following, *[partial(create_post, susan.id, "Hello")] * 4)
    assert counts_of(susan) == (4, 3)


@pytest.mark.parametrize("before", [None, 7])
def test_recount_corrects_counts(make_user, before):
    susan, john = make_user("susan"), make_user("john")
    db.session.add_all([Post(author_id=susan.id, body="one"), Post(author_id=susan.id, body="two")])
    db.session.add(Follow(follower_id=susan.id, followed_id=john.id))
    if before is not None:
        db.session.add(UserCounts(user_id=susan.id, posts=before, followers=before))
    db.session.commit()
    recount()
    db.session.commit()
    assert (counts_of(susan), counts_of(john)) == ((2, 0), (0, 1))
