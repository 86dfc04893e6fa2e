import contextlib
from functools import partial
from itertools import permutations

import pytest
from sqlalchemy import select

from app.database import db
from app.exceptions import Invalid, NotFound
from app.relationships import services
from app.relationships.models import Follow
from app.relationships.queries import standing
from app.users.queries import by_username
from app.users.services import delete_user


def follows():
    db.session.rollback()
    return db.session.execute(select(Follow.follower_id, Follow.followed_id)).all()


def followers(*users):
    db.session.rollback()
    return [standing(user).followers for user in users]


def test_follow_is_stored_once(make_user):
    susan, john = make_user("susan").id, make_user("john").id
    assert services.follow(susan, john) is True
    assert services.follow(susan, john) is False
    db.session.commit()
    assert follows() == [(susan, john)]
    assert followers(susan, john) == [0, 1]


def test_follow_is_not_mutual(make_user):
    susan, john = make_user("susan").id, make_user("john").id
    services.follow(susan, john)
    services.follow(john, susan)
    db.session.commit()
    services.unfollow(susan, john)
    db.session.commit()
    assert follows() == [(john, susan)]


def test_unfollow_is_idempotent(make_user):
    susan, john = make_user("susan").id, make_user("john").id
    services.follow(susan, john)
    assert services.unfollow(susan, john) is True
    assert services.unfollow(susan, john) is False
    db.session.commit()
    assert followers(john) == [0]


@pytest.mark.parametrize("change", [services.follow, services.unfollow])
def test_following_or_unfollowing_yourself_is_refused(make_user, change):
    susan = make_user("susan").id
    with pytest.raises(Invalid):
        change(susan, susan)


def test_following_unknown_user_keeps_rest_of_transaction(make_user):
    susan, john = make_user("susan").id, make_user("john").id
    services.follow(susan, john)
    with pytest.raises(NotFound):
        services.follow(susan, john + 1000)
    db.session.commit()
    assert follows() == [(susan, john)]


def test_simultaneous_follows_count_once(make_user, at_once):
    susan, john = make_user("susan").id, make_user("john").id
    assert sorted(at_once(*[lambda: services.follow(susan, john)] * 6)) == [False] * 5 + [True]
    assert follows() == [(susan, john)]
    assert followers(susan, john) == [0, 1]
    assert sorted(at_once(*[lambda: services.unfollow(susan, john)] * 6)) == [False] * 5 + [True]
    assert followers(susan, john) == [0, 0]


def test_simultaneous_mutual_follows_do_not_deadlock(make_user, at_once):
    users = [make_user(name).id for name in ("susan", "john", "mary")]
    pairs = list(permutations(users, 2))
    for change, left in [(services.follow, 2), (services.unfollow, 0)] * 3:
        assert all(at_once(*[partial(change, *pair) for pair in pairs]))
        assert followers(*users) == [left] * 3


def test_deleted_user_leaves_no_follows(make_user, let_follow):
    susan, john, mary = make_user("susan"), make_user("john"), make_user("mary")
    let_follow(susan, john)
    let_follow(john, susan, mary)
    let_follow(mary, susan)
    delete_user(john)
    db.session.commit()
    assert follows() == [(mary.id, susan.id)]
    assert followers(susan.id, mary.id) == [1, 0]


@pytest.mark.parametrize("change", [services.follow, services.unfollow])
def test_follow_during_deletion_counts_once(make_user, at_once, change):
    for number in range(5):
        susan, john = make_user(f"susan{number}"), make_user(f"john{number}").id
        if change is services.unfollow:
            services.follow(susan.id, john)
            db.session.commit()
        with contextlib.suppress(NotFound):
            at_once(partial(change, susan.id, john), lambda name=susan.username: delete_user(by_username(name)))
        assert followers(john) == [0]
