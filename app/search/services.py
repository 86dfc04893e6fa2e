"""What keeps the words of posts and people. Nothing is committed here: whoever calls does that."""

from collections.abc import Iterator

from sqlalchemy import delete, func, insert, select, update

from app.database import db
from app.posts.models import Post
from app.search.models import PostSearch, UserSearch
from app.search.queries import engine
from app.search.words import indexed
from app.users.models import User

BATCH = 1000  # rows


def words_of_post(post) -> dict:
    """The row of PostSearch that belongs to a row of Post, or to anything with its columns."""
    return {"post_id": post.id, "words": indexed(post.body)}


def words_of_user(user) -> dict:
    """The row of UserSearch that belongs to a row of User, or to anything with its columns."""
    return {"user_id": user.id, "words": indexed(f"{user.username} {user.display_name}")}


def index_post(post: Post) -> None:
    """Let a new post, which must be flushed, be found from the commit on."""
    db.session.execute(insert(PostSearch).values(words_of_post(post)))


def index_user(user: User) -> None:
    """Let a new person, who must be flushed, be found from the commit on."""
    db.session.execute(insert(UserSearch).values(words_of_user(user)))


def reindex_user(user: User) -> None:
    """Let a person be found by the names that they have now from the commit on."""
    row = words_of_user(user)
    if not db.session.execute(update(UserSearch).where(UserSearch.user_id == user.id).values(row)).rowcount:
        db.session.execute(insert(UserSearch).values(row))  # an older version of the application made the account


def reindex() -> Iterator[int]:
    """Put right the words of all posts and people, some at a time, and give how many: the caller may commit between."""
    yield from _reindex(PostSearch.post_id, words_of_post, Post.id, Post.body)
    yield from _reindex(UserSearch.user_id, words_of_user, User.id, User.username, User.display_name)


def _reindex(key, words_of, ident, *texts):
    newest = db.session.scalar(select(func.max(ident))) or 0
    for first in range(1, newest + 1, BATCH):
        these = ident.between(first, first + BATCH - 1)
        with db.session.begin_nested():  # on SQLite nobody else writes from here on
            # Locked, in the order of whoever deletes one: itself, then its words.
            rows = db.session.execute(select(ident, *texts).where(these).with_for_update(read=True)).all()
            there = dict(
                db.session.execute(select(key, key.class_.words).where(key.between(first, first + BATCH - 1))).all()
            )
            wrong = [right for right in map(words_of, rows) if there.get(right[key.key]) != right["words"]]
            if wrong:
                db.session.execute(delete(key.class_).where(key.in_([right[key.key] for right in wrong])))
                db.session.execute(insert(key.class_), wrong)
        yield len(rows)


def rebuild() -> None:
    """Make the database's own indexes of the words anew; nobody can write meanwhile."""
    for words in (PostSearch, UserSearch):
        engine().rebuild(words.__table__)
