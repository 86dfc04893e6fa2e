"""What changes how many posts and followers are kept of people. Nothing is committed here."""

from sqlalchemy import delete, insert, select, update

from app.counts.models import Counts
from app.counts.queries import counted
from app.database import db, insert_if_absent
from app.posts.models import Post
from app.relationships.models import Follow
from app.users.models import User

counts = Counts.__table__


def count(user_id: int, **changes: int) -> None:
    """Add these changes, such as `posts=1`, to what is kept of a person. Their row is locked until the commit."""
    insert_if_absent(Counts, user_id=user_id, posts=0, followers=0)
    change_all(counts.c.user_id == user_id, **changes)


def change_all(condition, **changes: int) -> None:
    """Add these changes to what is kept of all whose row meets the condition."""
    changed = {name: counts.c[name] + change for name, change in changes.items()}
    db.session.execute(update(counts).where(condition).values(changed))


def recount() -> None:
    """Count all of everybody anew."""
    db.session.execute(delete(counts))
    rows = select(User.id, counted(Post.author_id, User.id), counted(Follow.followed_id, User.id))
    db.session.execute(insert(counts).from_select(["user_id", "posts", "followers"], rows))
