"""Conversations and messages.

Each of the two users has their own copy of both, so that deleting one, or an account, leaves the other's.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.database import TABLE_OPTIONS, Model, UTCDateTime, utc_now


class Conversation(Model):
    """`owner`'s copy of the conversation with `other`."""

    __tablename__ = "conversation"

    # Ids are never reused: pages of former conversations are addressed by them.
    __table_args__ = (
        UniqueConstraint("owner_id", "other_id"),
        Index(None, "owner_id", "last_message_id"),  # the list of conversations, newest first
        Index(None, "owner_id", "unread"),  # the badge on every page, from the index alone
        TABLE_OPTIONS | {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    # None once the other account was deleted (services.keep_copies): the foreign key would delete the row.
    other_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    # No foreign key, since the tables would reference each other. 0: no message yet.
    last_message_id: Mapped[int] = mapped_column(default=0)
    seen_id: Mapped[int] = mapped_column(default=0)  # the owner has seen the messages up to this id
    unread: Mapped[int] = mapped_column(default=0)  # number of messages by `other` after it


class Message(Model):
    """One user's copy of a message."""

    __tablename__ = "message"

    # Ids are never reused: `seen_id` and the keys of pages stay valid when the newest message is deleted.
    __table_args__ = TABLE_OPTIONS | {"sqlite_autoincrement": True}

    id: Mapped[int] = mapped_column(primary_key=True)
    # On both engines the index includes the primary key: it yields a thread newest first.
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id", ondelete="CASCADE"), index=True)
    outgoing: Mapped[bool]  # written by the owner of the conversation
    body: Mapped[str] = mapped_column(String(3500))  # see rules.MAX_CODE_POINTS
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now)
