"""`flask search`: what operators do to the index. Only the command line imports this module."""

import click
from flask.cli import with_appcontext
from sqlalchemy import func, select

from app.database import db
from app.posts.models import Post
from app.search import services
from app.users.models import User


@click.group()
def search():
    """The index by which posts and people are found."""


@search.command()
@with_appcontext
def reindex():
    """Make the index anew, also while the site is used.

    It is always current by itself. This is for words that an older version of the application wrote during an
    upgrade, for rows that were put in by hand, and for an index that a crash or a full disk has spoilt.
    """
    posts, people = (db.session.scalar(select(func.count(model.id))) for model in (Post, User))
    services.rebuild()
    db.session.commit()
    with click.progressbar(length=posts + people) as bar:
        for number in services.reindex():
            db.session.commit()  # so that others can write
            bar.update(number)
    click.echo(f"{posts:,} posts and {people:,} people can be found")
