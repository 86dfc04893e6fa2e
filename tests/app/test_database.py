import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.database import db
from app.users.models import User


def new_user(name):
    return User(
        username=name, username_key=name, email=f"{name}@example.com", email_key=f"{name}@example.com", password_hash=""
    )


def usernames():
    return db.session.scalars(select(User.username)).all()


def test_a_released_savepoint_is_undone_with_its_transaction(context):
    with db.session.begin_nested():
        db.session.add(new_user("susan"))
    db.session.rollback()
    assert usernames() == []


def test_a_failed_savepoint_leaves_the_rest_of_the_transaction(context):
    db.session.add(new_user("susan"))
    db.session.flush()
    with pytest.raises(IntegrityError), db.session.begin_nested():
        db.session.add(new_user("susan"))
    db.session.commit()
    assert usernames() == ["susan"]
