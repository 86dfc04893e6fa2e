"""The index is what posts and people are, whatever happens to them."""

import pytest
from sqlalchemy import delete, func, insert, select, text, update

from app.database import db
from app.posts.models import Post
from app.posts.services import create_post, delete_post
from app.search.models import PostSearch, UserSearch
from app.users.services import delete_user, update_profile


@pytest.fixture
def reindex(context):
    """`reindex()`: run the command; its last line."""

    def reindex():
        result = context.test_cli_runner().invoke(args=["search", "reindex"])
        db.session.rollback()
        assert result.exit_code == 0, result.exception
        return result.output.splitlines()[-1]

    return reindex


def sound():
    """Whether the index over the words is what the words are (SQLite keeps it in tables of its own)."""
    if db.engine.dialect.name == "sqlite":
        for name in ("post_search_index", "user_search_index"):
            db.session.execute(text(f"INSERT INTO {name} ({name}, rank) VALUES ('integrity-check', 1)"))
    return True


def test_a_post_that_is_rolled_back_is_not_found(found, susan):
    create_post(susan.id, "hello")
    db.session.rollback()
    assert found("hello") == []
    assert sound()


def test_a_deleted_post_is_not_found(found, susan, write):
    post = write(susan, "hello")
    assert found("hello") == ["hello"]
    delete_post(post, by=susan)
    db.session.commit()
    assert found("hello") == []
    assert db.session.scalar(select(func.count()).select_from(PostSearch)) == 0
    assert sound()


def test_a_deleted_person_and_their_posts_are_not_found(found, people_found, susan, write):
    write(susan, "hello")
    delete_user(susan)
    db.session.commit()
    assert (found("hello"), people_found("susan")) == ([], [])
    for words in (PostSearch, UserSearch):
        assert db.session.scalar(select(func.count()).select_from(words)) == 0
    assert sound()


def test_somebody_with_another_name_is_found_by_that_one(people_found, susan):
    update_profile(susan, username="susanna", display_name="Ana Núñez", about_me="", locale=None)
    db.session.commit()
    assert people_found("nunez") == people_found("susanna") == ["susanna"]
    update_profile(susan, username="susanna", display_name="", about_me="", locale=None)
    db.session.commit()
    assert people_found("nunez") == []
    assert sound()


def test_whom_an_older_version_registered_is_found_once_they_change_their_name(people_found, susan):
    db.session.execute(delete(UserSearch))
    update_profile(susan, username="sue", display_name="", about_me="", locale=None)
    db.session.commit()
    assert people_found("sue") == ["sue"]


def test_to_write_takes_one_statement_more(susan, statements):
    author = susan.id
    with statements() as sent:
        create_post(author, "hello")
    tables = [statement.split()[2] for statement, _parameters in sent]
    assert [table for table in tables if table.startswith("post")] == ["post", "post_search"]


def test_reindex_finds_what_was_not_and_forgets_what_is_no_more(reindex, found, people_found, susan, write):
    write(susan, "wrong words")
    db.session.execute(update(PostSearch).values(words="w00"))
    db.session.execute(update(UserSearch).values(words="w00"))
    db.session.execute(insert(Post), [{"author_id": susan.id, "body": "put in by hand"}])
    db.session.commit()
    assert found("hand") == found("wrong") == people_found("susan") == []
    assert reindex() == "2 posts and 1 people can be found"
    assert (found("hand"), found("wrong"), people_found("susan")) == (["put in by hand"], ["wrong words"], ["susan"])
    assert sound()


def test_reindex_mends_a_broken_index(reindex, found, susan, write):
    if db.engine.dialect.name != "sqlite":
        pytest.skip("only SQLite's index can be broken from outside")
    write(susan, "hello")
    db.session.execute(text("INSERT INTO post_search_index (post_search_index) VALUES ('delete-all')"))
    db.session.commit()
    assert found("hello") == []
    reindex()
    assert found("hello") == ["hello"]


def test_reindex_of_nothing_finds_nothing(reindex):
    assert reindex() == "0 posts and 0 people can be found"
