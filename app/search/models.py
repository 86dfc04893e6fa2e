"""What is searched: the words of posts and people, beside them.

The indexes over them are the databases' own, so models know nothing of them: migration 0010 makes them, and
app/search/sqlite_fts.py and mysql.py ask them.
"""

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from app.database import db


class PostSearch(db.Model):
    """The words of a post, as words.indexed gives them. They go with the post, by the foreign key."""

    post_id: Mapped[int] = mapped_column(ForeignKey("post.id", ondelete="CASCADE"), primary_key=True)
    words: Mapped[str] = mapped_column(Text)


class UserSearch(db.Model):
    """The words of a person's username and display name. They go with the person, by the foreign key."""

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    words: Mapped[str] = mapped_column(Text)
