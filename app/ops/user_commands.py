"""`flask user`: what operators do to accounts. Only the command line imports this module."""

import contextlib
import sys

import click
from flask.cli import with_appcontext
from sqlalchemy import delete, insert, select

from app.auth import services
from app.database import count_rows, db
from app.exceptions import Invalid
from app.posts.models import Post
from app.relationships.models import Follow
from app.users import services as users
from app.users.models import User, UserCounts
from app.users.queries import by_username


@click.group()
def user():
    """The accounts of people."""


def _password(_context, _parameter, from_stdin: bool) -> str:
    """Asked for without an echo, or read from stdin: arguments of a command can be seen by everybody on the machine."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return click.prompt("Password", hide_input=True, confirmation_prompt=True)


password_option = click.option(
    "--password-stdin",
    "password",
    is_flag=True,
    callback=_password,
    help="Read the password from standard input instead of asking for it.",
)


@user.command()
@click.argument("username")
@click.argument("email")
@password_option
@with_appcontext
def create(username, email, password):
    """Make an account."""
    with _told_in_one_line():
        person = users.create_user(username, email, password)
    db.session.commit()
    click.echo(f"made the account @{person.username}")


@user.command("reset-password")
@click.argument("username")
@password_option
@with_appcontext
def reset_password(username, password):
    """Set a password; the person's sessions and tokens end."""
    person = _known(username)
    with _told_in_one_line():
        services.set_password(person, password)
    db.session.commit()
    click.echo(f"set the password of @{person.username}; their sessions and tokens have ended")


@user.command()
@click.argument("username")
@with_appcontext
def promote(username):
    """Make a person an administrator, who may delete anybody's posts."""
    person = _known(username)
    users.promote(person)
    db.session.commit()
    click.echo(f"@{person.username} is an administrator")


@user.command()
@click.argument("username")
@with_appcontext
def demote(username):
    """Make an administrator a person like others again."""
    person = _known(username)
    users.demote(person)
    db.session.commit()
    click.echo(f"@{person.username} is not an administrator")


@user.command("delete")
@click.argument("username")
@click.option("--yes", is_flag=True, help="Don't ask.")
@with_appcontext
def delete_command(username, yes):
    """Delete an account and all that the person wrote."""
    person = _known(username)
    name = person.username
    if not yes:
        click.confirm(f"Delete @{name} and all that they wrote, for good?", abort=True)
    users.delete_user(person)
    db.session.commit()
    click.echo(f"deleted @{name}")


@user.command("recount")
@with_appcontext
def recount_command():
    """Count everybody's posts and followers, after an update during which older replicas served beside newer ones."""
    recount()
    db.session.commit()
    click.echo("counted everybody's posts and followers")


def recount() -> None:
    """Count the posts and followers of all users again. Nothing is committed here."""
    db.session.execute(delete(UserCounts))
    posts, followers = count_rows(Post.author_id, User.id), count_rows(Follow.followed_id, User.id)
    db.session.execute(
        insert(UserCounts).from_select(["user_id", "posts", "followers"], select(User.id, posts, followers))
    )


def _known(username: str) -> User:
    person = by_username(username)
    if person is None:
        raise click.ClickException(f"there is no account @{username}")
    return person


@contextlib.contextmanager
def _told_in_one_line():
    try:
        yield
    except Invalid as error:
        raise click.ClickException(f"{error.field}: {error}") from error
