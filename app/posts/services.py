"""What changes posts. Nothing is committed here: the view does that."""

from flask_babel import gettext as _

from app.database import db
from app.exceptions import NotAllowed, NotFound
from app.posts import rules
from app.posts.models import Post


def create_post(author_id: int, body: str) -> Post:
    """A new post by that person. Raises Invalid for a text that can't be one."""
    post = Post(author_id=author_id, body=rules.body(body))
    db.session.add(post)
    db.session.flush()
    return post


def delete_post(post_id: int, by: int) -> None:
    """Delete a post at the wish of the person with the id `by`. Raises NotFound, or NotAllowed for another's post."""
    post = db.session.get(Post, post_id)
    if post is None:
        raise NotFound(_("This post is not there, or was deleted already."))
    if post.author_id != by:
        raise NotAllowed(_("Only its author can delete a post."))
    db.session.delete(post)
    db.session.flush()
