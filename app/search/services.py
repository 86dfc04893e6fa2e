"""Keeping the words of posts and users up to date. The caller commits."""

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import InstrumentedAttribute

from app.database import changed, db
from app.posts.models import Post
from app.search.models import PostSearch, UserSearch
from app.search.queries import engine, post_words, user_words
from app.search.words import index_text
from app.users.models import User

BATCH = 1000  # rows

Values = dict[str, Any]


def index_post(post: Post) -> None:
    """Index a new post, which must be flushed."""
    db.session.execute(insert(PostSearch).values(_post_values(post.id, post.body)))


def index_user(user: User) -> None:
    """Index a new user, who must be flushed."""
    db.session.execute(insert(UserSearch).values(_user_values(user.id, user.username, user.display_name)))


def reindex_user(user: User) -> None:
    """Index a user by their changed names."""
    values = _user_values(user.id, user.username, user.display_name)
    query = update(UserSearch).where(UserSearch.user_id == user.id).values(values)
    if not changed(db.session.execute(query)):
        db.session.execute(insert(UserSearch).values(values))  # created by an older version of the application


def erase_deleted(_user: User) -> None:
    """Erase the words of deleted rows from the indexes, where they would stay until the database needs their place."""
    for words in (post_words, user_words):
        engine().erase_deleted(words)


def reindex() -> Iterator[int]:
    """Correct the words of all posts and users in batches; yields the rows of each, so the caller can commit it."""
    yield from _reindex(PostSearch.post_id, _post_values, Post.id, Post.body)
    yield from _reindex(UserSearch.user_id, _user_values, User.id, User.username, User.display_name)


def rebuild() -> None:
    """Rebuild the database's indexes over the words; writing waits meanwhile."""
    for words in (post_words, user_words):
        engine().rebuild(words)


def _post_values(post_id: int, body: str) -> Values:
    return {"post_id": post_id, "words": index_text(body)}


def _user_values(user_id: int, username: str, display_name: str) -> Values:
    return {"user_id": user_id, "words": index_text(f"{username} {display_name}")}


def _reindex(
    key: InstrumentedAttribute[int],
    values_of: Callable[..., Values],
    source_id: InstrumentedAttribute[int],
    *source_texts: InstrumentedAttribute[str],
) -> Iterator[int]:
    """Reindex one table: `key` identifies a row of words, `source_id` and `source_texts` are what it is made from."""
    model = key.class_
    newest = db.session.scalar(select(func.max(source_id))) or 0
    for first in range(1, newest + 1, BATCH):
        last = first + BATCH - 1
        with db.session.begin_nested():  # on SQLite no one else can write from here on
            # Locked before the words: a delete takes the locks in the same order.
            sources = select(source_id, *source_texts).where(source_id.between(first, last)).with_for_update(read=True)
            expected = [values_of(*row) for row in db.session.execute(sources)]
            rows = db.session.execute(select(key, model.words).where(key.between(first, last))).all()
            stored = {row[0]: row[1] for row in rows}
            wrong = [values for values in expected if stored.get(values[key.key]) != values["words"]]
            if wrong:
                db.session.execute(delete(model).where(key.in_([values[key.key] for values in wrong])))
                db.session.execute(insert(model), wrong)
        yield len(expected)
