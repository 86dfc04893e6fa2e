import itertools
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.database import db, utc_now
from app.exceptions import Invalid, KeyReused, NotFound
from app.posts.models import Post
from app.posts.services import create_post
from app.submissions.models import Submission
from app.submissions.services import RETENTION, once, record, submit, submitter
from app.users.services import delete_user

PAYLOAD = ("post", "Hello", "")
KEY = "k" * 22


def create_for(user):
    return lambda: create_post(user.id, "Hello").id


def always(_result_id):
    return True


def count(table):
    return db.session.scalar(select(func.count()).select_from(table))


@pytest.fixture(params=["once", "submit"])
def do(request):
    """`do(user_id, key, payload, create)`: either service."""
    if request.param == "once":
        return once
    return lambda user_id, key, payload, create: submit(user_id, key, payload, create, always)


def test_second_submission_returns_the_first_result(do, susan):
    first = do(susan.id, KEY, PAYLOAD, create_for(susan))
    db.session.commit()
    assert do(susan.id, KEY, PAYLOAD, create_for(susan)) == first
    assert count(Post) == 1


@pytest.mark.parametrize("simultaneous", [2, 5])
def test_simultaneous_submissions_create_one_post(do, at_once, susan, simultaneous):
    user_id = susan.id
    results = at_once(
        *[lambda: do(user_id, KEY, PAYLOAD, lambda: create_post(user_id, "Hello").id) for _ in range(simultaneous)]
    )
    assert len(set(results)) == 1
    db.session.rollback()
    assert count(Post) == 1


def test_submissions_without_a_key_all_count(do, susan):
    for _time in range(2):
        do(susan.id, "", PAYLOAD, create_for(susan))
    assert (count(Post), count(Submission)) == (2, 0)


def test_key_of_another_user_is_another_key(do, susan, john):
    assert do(susan.id, KEY, PAYLOAD, create_for(susan)) != do(john.id, KEY, PAYLOAD, create_for(john))


def test_failed_submission_keeps_nothing(do, susan):
    def fail():
        raise Invalid("body", "Too long.")

    with pytest.raises(Invalid):
        do(susan.id, KEY, PAYLOAD, fail)
    db.session.rollback()
    assert count(Submission) == 0
    assert do(susan.id, KEY, PAYLOAD, create_for(susan))


def test_submission_of_an_account_that_was_deleted_is_not_found(do, susan):
    user_id = susan.id
    delete_user(susan)
    db.session.commit()
    with pytest.raises(NotFound):
        do(user_id, KEY, PAYLOAD, create_for(susan))


def test_key_with_another_payload_is_refused(susan):
    once(susan.id, KEY, PAYLOAD, create_for(susan))
    for payload in (("post", "Hello", "fr"), ("message", "Hello", ""), ("post", "Hello"), ("post", "Hell", "o")):
        with pytest.raises(KeyReused):
            once(susan.id, KEY, payload, create_for(susan))


def test_form_with_another_payload_is_another_submission(susan):
    results = {
        submit(susan.id, KEY, payload, create_for(susan), always)
        for payload in (PAYLOAD, ("post", "Bonjour", ""), ("post", "Hello", "fr"))
    }
    assert len(results) == 3


def test_form_creates_again_what_no_longer_exists(susan):
    first = submit(susan.id, KEY, PAYLOAD, create_for(susan), always)
    second = submit(susan.id, KEY, PAYLOAD, create_for(susan), lambda result_id: result_id != first)
    assert second != first
    assert submit(susan.id, KEY, PAYLOAD, create_for(susan), always) == second


def test_submitter_is_found_by_key_and_payload(susan):
    record(susan.id, KEY, PAYLOAD)
    submit(susan.id, "x" * 22, PAYLOAD, create_for(susan), always)
    keys, payloads = (KEY, "x" * 22, ""), (PAYLOAD, ("post", "Bye", ""))
    found = {case: submitter(*case) for case in itertools.product(keys, payloads) if submitter(*case)}
    assert found == {(KEY, PAYLOAD): susan.id}


def test_form_without_a_key_is_not_recorded(susan):
    record(susan.id, "", PAYLOAD)
    assert count(Submission) == 0


def test_submission_without_a_user_returns_the_first_result(context):
    results = iter((1, 2))
    assert [submit(None, KEY, PAYLOAD, lambda: next(results), always) for _click in range(2)] == [1, 1]


def test_expired_submissions_are_deleted_with_the_next(susan, john):
    once(john.id, "old", PAYLOAD, create_for(john))
    once(john.id, "recent", PAYLOAD, create_for(john))
    old = db.session.scalars(select(Submission)).first()
    old.created_at = utc_now() - RETENTION - timedelta(minutes=1)
    db.session.commit()
    once(susan.id, KEY, PAYLOAD, create_for(susan))
    assert count(Submission) == 2


def test_stored_row_holds_neither_key_nor_text(susan):
    once(susan.id, "my-key", ("post", "secret text", ""), create_for(susan))
    row = db.session.scalars(select(Submission)).one()
    assert "my-key" not in row.key_hash
    assert len(row.key_hash) == len(row.payload_hash) == 64
