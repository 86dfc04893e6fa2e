from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import delete, select, text, type_coerce, update
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError

from app.database import Model, UTCDateTime, changed, db, insert_if_absent, roll_back
from app.posts.models import Post
from app.relationships.models import Follow
from app.users.models import User


def new_user(name="susan", **columns):
    """A user with all required columns, not validated."""
    return User(
        username=name, username_key=name, email=f"{name}@e.example", email_key=f"{name}@e.example",
        password_hash="-", **columns,
    )  # fmt: skip


def test_models_share_the_metadata_of_migrations():
    assert User.metadata is Model.metadata is db.metadata
    assert db.metadata.info["bind_key"] is None


def test_model_is_shown_with_its_primary_key(context, make_user):
    david, susan = make_user("david"), make_user("susan")
    insert_if_absent(Follow, follower_id=david.id, followed_id=susan.id)
    assert repr(susan) == f"<User {susan.id}>"
    assert repr(db.session.scalar(select(Follow))) == f"<Follow {david.id}, {susan.id}>"
    assert repr(User()) == "<User (not stored)>"


def test_changed_counts_the_rows_that_match(context):
    db.session.add_all([new_user("susan"), new_user("john")])
    db.session.commit()
    assert changed(db.session.execute(update(User).values(about_me="hello"))) == 2
    assert changed(db.session.execute(update(User).values(about_me="hello"))) == 2
    assert changed(db.session.execute(delete(User).where(User.username == "susan"))) == 1
    assert changed(db.session.execute(delete(User).where(User.username == "susan"))) == 0


@pytest.mark.parametrize(
    "body",
    ["🫠", "👩‍👩‍👧‍👦", "👍🏽", "日本語", "مرحبا", "a\u0301", "\u202eevil", "trailing  ", "x" * 1000],
    ids=["emoji", "family", "skin", "cjk", "rtl", "combining", "override", "spaces", "longest"],
)
def test_every_character_is_stored_unchanged(context, body):
    db.session.add(Post(author=new_user(display_name=body[:400]), body=body))
    db.session.commit()
    db.session.expire_all()
    assert db.session.scalar(select(Post.body)) == body
    assert db.session.scalar(select(User.display_name)) == body[:400]
    assert db.session.scalar(select(Post.id).where(Post.body == body)) is not None


def test_commits_wait_for_the_disk(context):
    """An acknowledged post is there after a power loss."""
    if db.engine.dialect.name != "sqlite":
        pytest.skip("a server has its own settings")
    full = 2
    assert db.session.scalar(text("PRAGMA synchronous")) == full


def test_lookalikes_are_different_values(context):
    db.session.add_all([Post(author=new_user(), body="🍣"), Post(author=new_user("álice"), body="🍺")])
    db.session.commit()
    assert db.session.scalars(select(Post.body).where(Post.body == "🍣")).all() == ["🍣"]
    assert db.session.scalar(select(User.id).where(User.username_key == "alice")) is None


def test_duplicate_key_is_refused(context):
    db.session.add(new_user())
    db.session.commit()
    db.session.add(new_user())
    with pytest.raises(IntegrityError):
        db.session.flush()


def test_released_savepoint_is_rolled_back_with_its_transaction(context):
    with db.session.begin_nested():
        db.session.add(new_user())
    db.session.rollback()
    assert db.session.scalars(select(User)).all() == []


def test_failed_savepoint_keeps_the_rest_of_the_transaction(context):
    db.session.add(new_user())
    db.session.flush()
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.add(new_user())
    db.session.commit()
    assert db.session.scalars(select(User.username)).all() == ["susan"]


def test_insert_if_absent_keeps_the_existing_row(context, make_user):
    david, susan = make_user("david"), make_user("susan")
    for _ in range(2):
        insert_if_absent(Follow, follower_id=david.id, followed_id=susan.id)
    with pytest.raises(IntegrityError):
        insert_if_absent(Follow, follower_id=david.id, followed_id=susan.id + 1)
    db.session.rollback()


def test_datetime_keeps_microseconds_and_time_zone(context):
    moment = datetime(2026, 11, 25, 1, 2, 3, 456789, tzinfo=timezone(timedelta(hours=2)))
    db.session.add(new_user(created_at=moment))
    db.session.commit()
    db.session.expire_all()
    stored = db.session.scalar(select(User.created_at))
    assert (stored, stored.tzinfo) == (moment, UTC)


def test_naive_datetime_is_refused(context):
    with pytest.raises(StatementError, match="has no time zone"):
        db.session.execute(select(type_coerce(datetime(2026, 1, 1), UTCDateTime)))


def test_transaction_sees_and_updates_rows_committed_by_others(context):
    db.session.add(new_user())
    db.session.commit()
    assert db.session.scalar(select(User.about_me)) == ""
    with db.engine.begin() as other:
        other.execute(User.__table__.update().values(about_me="changed"))
    assert db.session.scalar(select(User.about_me)) == "changed"
    db.session.execute(User.__table__.update().values(about_me="again"))
    db.session.commit()
    assert db.session.scalar(select(User.about_me)) == "again"


def test_posts_are_deleted_with_their_author(context):
    db.session.add(Post(author=new_user(), body="hello"))
    db.session.commit()
    db.session.execute(User.__table__.delete())
    db.session.commit()
    assert db.session.scalars(select(Post)).all() == []


def test_ids_are_never_reused(context):
    ids = []
    for _ in range(2):
        susan = new_user()
        db.session.add(susan)
        db.session.commit()
        ids.append(susan.id)
        db.session.delete(susan)
        db.session.commit()
    assert ids[0] < ids[1]


def test_database_error_does_not_contain_parameters(context):
    with pytest.raises(DBAPIError) as caught:
        db.session.execute(text("SELECT :words FROM nowhere"), {"words": "between us"})
    assert "between us" not in str(caught.value)


def test_rollback_on_a_server_that_has_gone_gives_up_the_connection(relay, app_on, susan, caplog):
    other = app_on(relay.port)
    with other.app_context():
        db.session.execute(update(User).values(about_me="lost"))
        relay.stop()
        roll_back()
        relay.start()
        assert db.session.scalar(select(User.about_me)) == ""
    assert caplog.records == []
