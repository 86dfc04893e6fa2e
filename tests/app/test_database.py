from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import select, text, type_coerce
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError

from app.database import (
    UTCDateTime,
    db,
    insert_if_absent,
)
from app.posts.models import Post
from app.relationships.models import Follow
from app.users.models import User


def person(name="susan", **more):
    """An account as the tables want it, without the rules of registering."""
    return User(
        username=name, username_key=name, email=f"{name}@e.example", email_key=f"{name}@e.example",
        password_hash="-", **more,
    )  # fmt: skip


@pytest.mark.parametrize(
    "body",
    ["🫠", "👩‍👩‍👧‍👦", "👍🏽", "日本語", "مرحبا", "a\u0301", "\u202eevil", "trailing  ", "x" * 1000],
    ids=["emoji", "family", "skin", "cjk", "rtl", "combining", "override", "spaces", "longest"],
)
def test_every_character_comes_back_as_it_was(context, body):
    db.session.add(Post(author=person(display_name=body[:400]), body=body))
    db.session.commit()
    db.session.expire_all()
    assert db.session.scalar(select(Post.body)) == body
    assert db.session.scalar(select(User.display_name)) == body[:400]
    assert db.session.scalar(select(Post.id).where(Post.body == body)) is not None


def test_lookalikes_are_different_values(context):
    db.session.add_all([Post(author=person(), body="🍣"), Post(author=person("álice"), body="🍺")])
    db.session.commit()
    assert db.session.scalars(select(Post.body).where(Post.body == "🍣")).all() == ["🍣"]
    assert db.session.scalar(select(User.id).where(User.username_key == "alice")) is None


def test_a_key_is_taken_once(context):
    db.session.add(person())
    db.session.commit()
    db.session.add(person())
    with pytest.raises(IntegrityError):
        db.session.flush()


def test_a_released_savepoint_is_undone_with_its_transaction(context):
    with db.session.begin_nested():
        db.session.add(person())
    db.session.rollback()
    assert db.session.scalars(select(User)).all() == []


def test_a_failed_savepoint_leaves_the_rest_of_the_transaction(context):
    db.session.add(person())
    db.session.flush()
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.add(person())
    db.session.commit()
    assert db.session.scalars(select(User.username)).all() == ["susan"]


def test_a_row_that_is_there_stays_as_it_is(context, make_user):
    david, susan = make_user("david"), make_user("susan")
    for _ in range(2):
        insert_if_absent(Follow, follower_id=david.id, followed_id=susan.id)
    with pytest.raises(IntegrityError):
        insert_if_absent(Follow, follower_id=david.id, followed_id=susan.id + 1)
    db.session.rollback()


def test_a_moment_keeps_its_microseconds_and_its_zone(context):
    moment = datetime(2026, 11, 25, 1, 2, 3, 456789, tzinfo=timezone(timedelta(hours=2)))
    db.session.add(person(created_at=moment))
    db.session.commit()
    db.session.expire_all()
    stored = db.session.scalar(select(User.created_at))
    assert (stored, stored.tzinfo) == (moment, UTC)


def test_a_moment_without_a_zone_is_refused(context):
    with pytest.raises(StatementError, match="has no time zone"):
        db.session.execute(select(type_coerce(datetime(2026, 1, 1), UTCDateTime)))


def test_a_transaction_sees_and_may_change_what_others_committed_meanwhile(context):
    db.session.add(person())
    db.session.commit()
    assert db.session.scalar(select(User.about_me)) == ""
    with db.engine.begin() as other:
        other.execute(User.__table__.update().values(about_me="changed"))
    assert db.session.scalar(select(User.about_me)) == "changed"
    db.session.execute(User.__table__.update().values(about_me="again"))
    db.session.commit()
    assert db.session.scalar(select(User.about_me)) == "again"


def test_what_belongs_to_a_person_goes_with_them(context):
    db.session.add(Post(author=person(), body="hello"))
    db.session.commit()
    db.session.execute(User.__table__.delete())
    db.session.commit()
    assert db.session.scalars(select(Post)).all() == []


def test_an_id_is_never_given_twice(context):
    ids = []
    for _ in range(2):
        susan = person()
        db.session.add(susan)
        db.session.commit()
        ids.append(susan.id)
        db.session.delete(susan)
        db.session.commit()
    assert ids[0] < ids[1]


def test_an_error_does_not_quote_what_somebody_wrote(context):
    with pytest.raises(DBAPIError) as caught:
        db.session.execute(text("SELECT :words FROM nowhere"), {"words": "between us"})
    assert "between us" not in str(caught.value)
