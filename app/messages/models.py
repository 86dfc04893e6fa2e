"""Messages between two people.

Each side has its own copy of everything, as with letters: what one deletes, the other keeps.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.database import TABLE_OPTIONS, UTCDateTime, db, utc_now


class Conversation(db.Model):
    """`owner`'s side of what they and `other` wrote to each other."""

    __table_args__ = (
        UniqueConstraint("owner_id", "other_id"),
        Index(None, "owner_id", "last_message_id"),  # the list of people, newest first
        Index(None, "owner_id", "unread"),  # the badge on every page, from the index alone
        TABLE_OPTIONS,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    other_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    # No foreign key: the two tables would point at each other. 0: no message yet.
    last_message_id: Mapped[int] = mapped_column(default=0)
    seen_id: Mapped[int] = mapped_column(default=0)  # the owner has seen all up to this message
    unread: Mapped[int] = mapped_column(default=0)  # how many of the other's stand after it


class Message(db.Model):
    """One side's copy of a message."""

    # An id is never given twice, so `seen_id` and the keys of pages stay true when the newest message is deleted.
    __table_args__ = TABLE_OPTIONS | {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(primary_key=True)
    # The primary key ends this index on both engines: a thread is read from it, newest first.
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"), index=True)
    outgoing: Mapped[bool]  # whether the owner of the conversation wrote it
    body: Mapped[str] = mapped_column(String(3500))  # 500 graphemes at a post's proportion of code points
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now)
