"""Tables of the words of posts and users.

Migrations create a full-text index over each, which is specific to the database: sqlite_fts.py and mysql_fulltext.py
query them.
"""

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Model


class PostSearch(Model):
    """The words of a post, from words.index_text."""

    __tablename__ = "post_search"

    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"), primary_key=True)
    words: Mapped[str] = mapped_column(Text)


class UserSearch(Model):
    """The words of a user's username and display name, from words.index_text."""

    __tablename__ = "user_search"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    words: Mapped[str] = mapped_column(Text)
