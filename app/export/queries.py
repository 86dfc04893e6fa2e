"""Reading what an archive holds, and archives."""

from collections.abc import Iterator

from sqlalchemy import RowMapping, Select, func, literal, select

from app.database import db, utc_now
from app.export.models import KEPT, Archive, ArchiveChunk
from app.messages.models import Conversation, Message
from app.posts.models import Post
from app.relationships.models import Follow
from app.users.models import User

Rows = Iterator[RowMapping]
BATCH = 1000  # rows read at once

# By name, so that no column that is added for signing in is ever given away with the file.
ACCOUNT = (
    *("id", "username", "email", "display_name", "about_me", "locale"),
    *("created_at", "last_seen_at", "is_administrator"),
)


def archive_of(user_id: int) -> Archive | None:
    """The archive that a person can download, or None."""
    return db.session.scalar(
        select(Archive)
        .where(Archive.user_id == user_id, Archive.complete, Archive.created_at >= utc_now() - KEPT)
        .order_by(Archive.id.desc())
        .limit(1)
    )


def name_of(archive: Archive, username: str) -> str:
    """What the file of an archive is called."""
    return f"microblog-{username}-{archive.created_at:%Y-%m-%d}.zip"


def chunks(archive_id: int) -> Iterator[bytes]:
    """The bytes of an archive, piece by piece."""
    number = 0
    while piece := db.session.scalar(
        select(ArchiveChunk.data).where(ArchiveChunk.archive_id == archive_id, ArchiveChunk.number == number)
    ):
        yield piece
        number += 1


def account(user_id: int) -> RowMapping:
    """A person's account, without what signs them in."""
    columns = [User.__table__.c[name] for name in ACCOUNT]
    return db.session.execute(select(*columns).where(User.id == user_id)).mappings().one()


def total(user_id: int) -> int:
    """How many rows `posts`, `messages`, `following` and `followers` give together."""
    mine = Message.conversation_id.in_(select(Conversation.id).where(Conversation.owner_id == user_id))
    counts = (
        select(func.count(Post.id)).where(Post.author_id == user_id),
        select(func.count(Message.id)).where(mine),
        select(func.count()).select_from(Follow).where(Follow.follower_id == user_id),
        select(func.count()).select_from(Follow).where(Follow.followed_id == user_id),
    )
    return sum(db.session.scalar(count) for count in counts)


def posts(user_id: int) -> Rows:
    """Everything a person posted, oldest first: all columns, those too that a later version adds."""
    return _by_key(select(*Post.__table__.c).where(Post.author_id == user_id), Post.id)


def messages(user_id: int) -> Rows:
    """A person's copies of their conversations, one after the other."""
    sides = select(Conversation.id, User.username).join(User, User.id == Conversation.other_id)
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
    """Whom a person follows."""
    rows = select(Follow.followed_id.label("id"), User.username, Follow.created_at.label("since"))
    rows = rows.join(User, User.id == Follow.followed_id).where(Follow.follower_id == user_id)
    return _by_key(rows, Follow.followed_id)


def followers(user_id: int) -> Rows:
    """Who follows a person."""
    rows = select(Follow.follower_id.label("id"), User.username, Follow.created_at.label("since"))
    rows = rows.join(User, User.id == Follow.follower_id).where(Follow.followed_id == user_id)
    return _by_key(rows, Follow.follower_id)


def _by_key(rows: Select, key) -> Rows:
    """The rows in the order of `key`, which they name `id`; no more in memory, and no longer read, than one batch."""
    after = 0
    while batch := db.session.execute(rows.where(key > after).order_by(key).limit(BATCH)).mappings().all():
        yield from batch
        after = batch[-1]["id"]
