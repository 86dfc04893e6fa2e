from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select

from app.database import db
from app.exceptions import Invalid, NotFound
from app.relationships import services
from app.relationships.models import Follow
from app.users.services import delete_user


def follows():
    db.session.rollback()
    return db.session.execute(select(Follow.follower_id, Follow.followed_id)).all()


def test_following_is_kept_and_new_once(make_user):
    susan, john = make_user("susan").id, make_user("john").id
    assert services.follow(susan, john) is True
    assert services.follow(susan, john) is False
    db.session.commit()
    assert follows() == [(susan, john)]


def test_following_does_not_go_both_ways(make_user):
    susan, john = make_user("susan").id, make_user("john").id
    services.follow(susan, john)
    services.follow(john, susan)
    db.session.commit()
    services.unfollow(susan, john)
    db.session.commit()
    assert follows() == [(john, susan)]


def test_unfollowing_twice_is_the_same_as_once(make_user):
    susan, john = make_user("susan").id, make_user("john").id
    services.follow(susan, john)
    assert services.unfollow(susan, john) is True
    assert services.unfollow(susan, john) is False


@pytest.mark.parametrize("change", [services.follow, services.unfollow])
def test_nobody_follows_or_unfollows_themselves(make_user, change):
    susan = make_user("susan").id
    with pytest.raises(Invalid):
        change(susan, susan)


def test_following_somebody_who_is_gone_is_not_found_and_the_rest_of_the_transaction_stands(make_user):
    susan, john = make_user("susan").id, make_user("john").id
    services.follow(susan, john)
    with pytest.raises(NotFound):
        services.follow(susan, john + 1000)
    db.session.commit()
    assert follows() == [(susan, john)]


def test_simultaneous_follows_are_one(app, make_user):
    susan, john = make_user("susan").id, make_user("john").id
    at_once = Barrier(6)

    def follow(_number):
        with app.app_context():
            # what every request has done by then: the transaction has read, so its snapshot is older than the race
            db.session.execute(select(Follow)).all()
            at_once.wait(timeout=10)
            new = services.follow(susan, john)
            db.session.commit()
            return new

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(follow, range(6))) == [False] * 5 + [True]
    assert follows() == [(susan, john)]


def test_who_is_deleted_leaves_no_follows(make_user, let_follow):
    susan, john, mary = make_user("susan"), make_user("john"), make_user("mary")
    let_follow(susan, john)
    let_follow(john, susan, mary)
    let_follow(mary, susan)
    delete_user(john)
    db.session.commit()
    assert follows() == [(mary.id, susan.id)]
