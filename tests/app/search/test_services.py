"""The index follows every change of posts and users."""

import itertools

import pytest
from sqlalchemy import delete, func, insert, select, text, update

from app.database import db
from app.posts.models import Post
from app.posts.services import create_post, delete_post
from app.search.models import PostSearch, UserSearch
from app.users.models import User
from app.users.services import change_profile, delete_user, update_profile


@pytest.fixture
def reindex(context):
    """`reindex()`: run the command and return its last line."""

    def reindex():
        result = context.test_cli_runner().invoke(args=["search", "reindex"])
        db.session.rollback()
        assert result.exit_code == 0, result.exception
        return result.output.splitlines()[-1]

    return reindex


def is_consistent():
    """True if the index matches the words; on SQLite, which keeps it in separate tables, raises otherwise."""
    if db.engine.dialect.name == "sqlite":
        for name in ("post_search_index", "user_search_index"):
            db.session.execute(text(f"INSERT INTO {name} ({name}, rank) VALUES ('integrity-check', 1)"))
    return True


def test_post_that_is_rolled_back_is_not_found(found, susan):
    create_post(susan.id, "hello")
    db.session.rollback()
    assert found("hello") == []
    assert is_consistent()


def test_deleted_post_is_not_found(found, susan, write):
    post = write(susan, "hello")
    assert found("hello") == ["hello"]
    delete_post(post, by=susan)
    db.session.commit()
    assert found("hello") == []
    assert db.session.scalar(select(func.count()).select_from(PostSearch)) == 0
    assert is_consistent()


def test_deleted_user_and_their_posts_are_not_found(found, users_found, susan, write):
    write(susan, "hello")
    delete_user(susan)
    db.session.commit()
    assert (found("hello"), users_found("susan")) == ([], [])
    for words in (PostSearch, UserSearch):
        assert db.session.scalar(select(func.count()).select_from(words)) == 0
    assert is_consistent()


def test_renamed_user_is_found_by_the_new_names_only(users_found, susan):
    update_profile(susan, username="susanna", display_name="Ana Núñez", about_me="", locale=None)
    db.session.commit()
    assert users_found("nunez") == users_found("susanna") == ["susanna"]
    update_profile(susan, username="susanna", display_name="", about_me="", locale=None)
    db.session.commit()
    assert users_found("nunez") == []
    assert is_consistent()


def test_user_without_words_is_indexed_when_renamed(users_found, susan):
    db.session.execute(delete(UserSearch))
    update_profile(susan, username="sue", display_name="", about_me="", locale=None)
    db.session.commit()
    assert users_found("sue") == ["sue"]


def test_indexing_a_post_takes_one_query(susan, statements):
    author = susan.id
    with statements() as sent:
        create_post(author, "hello")
    tables = [statement.split()[2] for statement, _parameters in sent]
    assert [table for table in tables if table.startswith("post")] == ["post", "post_search"]


def test_reindex_adds_missing_and_corrects_wrong_words(reindex, found, users_found, susan, write):
    write(susan, "wrong words")
    db.session.execute(update(PostSearch).values(words="w00"))
    db.session.execute(update(UserSearch).values(words="w00"))
    db.session.execute(insert(Post), [{"author_id": susan.id, "body": "put in by hand"}])
    db.session.commit()
    assert found("hand") == found("wrong") == users_found("susan") == []
    assert reindex() == "indexed posts: 2; users: 1"
    assert (found("hand"), found("wrong"), users_found("susan")) == (["put in by hand"], ["wrong words"], ["susan"])
    assert is_consistent()


def test_reindex_repairs_a_damaged_index(reindex, found, susan, write):
    if db.engine.dialect.name != "sqlite":
        pytest.skip("only SQLite's index can be damaged by a query")
    write(susan, "hello")
    db.session.execute(text("INSERT INTO post_search_index (post_search_index) VALUES ('delete-all')"))
    db.session.commit()
    assert found("hello") == []
    reindex()
    assert found("hello") == ["hello"]


def test_reindex_of_an_empty_database(reindex):
    assert reindex() == "indexed posts: 0; users: 0"


def test_simultaneous_changes_of_both_names_are_all_indexed(users_found, make_user, interleave):
    ids = itertools.count()

    def change(user_id, **names):
        change_profile(db.session.get_one(User, user_id), **names)
        return user_id

    def rename(user_id):
        return change(user_id, username=f"renamed_{user_id}")

    results = interleave(
        lambda: make_user(f"user{next(ids)}").id, rename, lambda user_id: change(user_id, display_name=f"Zoé {user_id}")
    )
    for user_id, _same in results:
        assert users_found(f"renamed_{user_id}") == users_found(f"zoe {user_id}") == [f"renamed_{user_id}"]
