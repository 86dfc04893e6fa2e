"""`flask search`: commands for operators."""

import click
from flask.cli import with_appcontext
from sqlalchemy import func, select

from app.commands import Group
from app.database import db
from app.database_limits import patiently
from app.posts.models import Post
from app.search import services
from app.users.models import User


@click.group(cls=Group)
def search() -> None:
    """Maintain the search index."""


@search.command()
@with_appcontext
def reindex() -> None:
    """Rebuild the search index. The site can be in use.

    The application keeps the index up to date by itself. Run this after an upgrade during which an older version wrote
    posts, after inserting rows by hand, and if a crash or a full disk has damaged the index.
    """
    with patiently(db.engine):
        _reindex()


def _reindex() -> None:
    posts, users = (db.session.scalar(select(func.count(model.id))) or 0 for model in (Post, User))
    services.rebuild()
    db.session.commit()
    with click.progressbar(length=posts + users) as bar:
        for number in services.reindex():
            db.session.commit()  # releases the lock on writing between batches
            bar.update(number)
    click.echo(f"indexed posts: {posts:,}; users: {users:,}")
