"""Queries for archives and their content."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import RowMapping, Select, SQLColumnExpression, func, literal, select

from app.database import db, utc_now
from app.export.models import RETENTION, Archive, ArchiveChunk
from app.messages.models import Conversation, Message
from app.posts.models import Post
from app.relationships.models import Follow
from app.users.models import User

Row = RowMapping
Rows = Iterator[Row]
BATCH = 1000  # rows of one query

# Listed, so that a column with a secret never gets into an archive.
ACCOUNT = (
    *("id", "username", "email", "display_name", "about_me", "locale"),
    *("created_at", "last_seen_at", "is_administrator"),
)


def archive_of(user_id: int) -> Archive | None:
    """Return the archive that the user can download, or None."""
    return db.session.scalar(
        select(Archive)
        .where(Archive.user_id == user_id, Archive.complete, Archive.created_at >= utc_now() - RETENTION)
        .order_by(Archive.id.desc())
        .limit(1)
    )


def name_of(archive: Archive, username: str) -> str:
    """Return the file name of an archive."""
    return f"microblog-{username}-{archive.created_at:%Y-%m-%d}.zip"


def chunks(archive_id: int) -> Iterator[bytes]:
    """Yield the bytes of an archive, chunk by chunk."""
    number = 0
    while data := db.session.scalar(
        select(ArchiveChunk.data).where(ArchiveChunk.archive_id == archive_id, ArchiveChunk.number == number)
    ):
        yield data
        number += 1


def account(user_id: int) -> Row:
    """Return the columns of the user's account that are not secret."""
    columns = [User.__table__.c[name] for name in ACCOUNT]
    return db.session.execute(select(*columns).where(User.id == user_id)).mappings().one()


def total(user_id: int) -> int:
    """Return the number of rows that `posts`, `messages`, `following` and `followers` yield together."""
    mine = Message.conversation_id.in_(select(Conversation.id).where(Conversation.owner_id == user_id))
    counts = (
        select(func.count(Post.id)).where(Post.author_id == user_id),
        select(func.count(Message.id)).where(mine),
        select(func.count()).select_from(Follow).where(Follow.follower_id == user_id),
        select(func.count()).select_from(Follow).where(Follow.followed_id == user_id),
    )
    return sum(db.session.scalars(count).one() for count in counts)


def posts(user_id: int) -> Rows:
    """Yield all columns of the user's posts, oldest first."""
    return _by_key(select(*Post.__table__.c).where(Post.author_id == user_id), Post.id)


def messages(user_id: int) -> Rows:
    """Yield the user's copies of messages, conversation by conversation, oldest first; `with` is None if deleted."""
    sides = select(Conversation.id, User.username).outerjoin(User, User.id == Conversation.other_id)
    for side_id, other in db.session.execute(sides.where(Conversation.owner_id == user_id)).all():
        rows = select(
            Message.id,
            literal(other).label("with"),
            Message.outgoing.label("written_by_me"),
            Message.body,
            Message.created_at,
        )
        yield from _by_key(rows.where(Message.conversation_id == side_id), Message.id)


def following(user_id: int) -> Rows:
    """Yield the users whom the user follows."""
    rows = select(Follow.followed_id.label("id"), User.username, Follow.created_at.label("since"))
    rows = rows.join(User, User.id == Follow.followed_id).where(Follow.follower_id == user_id)
    return _by_key(rows, Follow.followed_id)


def followers(user_id: int) -> Rows:
    """Yield the followers of the user."""
    rows = select(Follow.follower_id.label("id"), User.username, Follow.created_at.label("since"))
    rows = rows.join(User, User.id == Follow.follower_id).where(Follow.followed_id == user_id)
    return _by_key(rows, Follow.follower_id)


def _by_key(rows: Select[*tuple[Any, ...]], key: SQLColumnExpression[int]) -> Rows:
    """Yield the rows by ascending `key`, the column they label `id`; one query, and memory, per batch."""
    after = 0
    while batch := db.session.execute(rows.where(key > after).order_by(key).limit(BATCH)).mappings().all():
        yield from batch
        after = batch[-1]["id"]
