"""`flask user`: manage accounts. Only the command line imports this module."""

import contextlib
import logging
import os
import sys
from collections.abc import Iterator

import click
from flask.cli import with_appcontext
from sqlalchemy import delete, insert, select

from app.auth import services
from app.commands import Group
from app.database import count_rows, db, empty_log
from app.database_limits import patiently
from app.exceptions import DomainError, Invalid
from app.posts.models import Post
from app.relationships.models import Follow
from app.users import services as users
from app.users.models import User, UserCounts
from app.users.queries import by_username

log = logging.getLogger(__name__)


@click.group(cls=Group)
def user() -> None:
    """Manage accounts."""


def _read_password(_context: click.Context, _parameter: click.Parameter, from_stdin: bool) -> str:
    """Prompt for the password or read it from stdin; never an argument, which other users of the machine can see."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    password: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return password


password_option = click.option(
    "--password-stdin",
    "password",
    is_flag=True,
    callback=_read_password,
    help="Read the password from standard input instead of a prompt.",
)


@user.command()
@click.argument("username")
@click.argument("email")
@password_option
@with_appcontext
def create(username: str, email: str, password: str) -> None:
    """Create an account."""
    with _errors_in_one_line():
        account = users.create_user(username, email, password, email_confirmed=True)  # the operator knows it
    db.session.commit()
    click.echo(f"Created @{account.username}.")


@user.command("reset-password")
@click.argument("username")
@password_option
@with_appcontext
def reset_password(username: str, password: str) -> None:
    """Set a new password, and end the user's sessions and API tokens."""
    account = _find_user(username)
    with _errors_in_one_line():
        services.set_password(account, password)
    db.session.commit()
    click.echo(f"Set the password of @{account.username} and ended all sessions and API tokens.")


@user.command("sign-out")
@click.argument("username")
@with_appcontext
def sign_out(username: str) -> None:
    """End a user's sessions and API tokens; the password stays."""
    account = _find_user(username)
    services.end_sessions(account.id)
    db.session.commit()
    click.echo(f"Ended all sessions and API tokens of @{account.username}.")


@user.command()
@click.argument("username")
@with_appcontext
def promote(username: str) -> None:
    """Make a user an administrator, who can delete any post."""
    account = _find_user(username)
    with _errors_in_one_line():
        users.promote(account)
    db.session.commit()
    click.echo(f"@{account.username} is an administrator.")


@user.command()
@click.argument("username")
@with_appcontext
def demote(username: str) -> None:
    """Make an administrator a regular user."""
    account = _find_user(username)
    with _errors_in_one_line():
        users.demote(account)
    db.session.commit()
    click.echo(f"@{account.username} is not an administrator.")


@user.command("delete")
@click.argument("username")
@click.option("--yes", is_flag=True, help="Skip the confirmation.")
@with_appcontext
def delete_command(username: str, yes: bool) -> None:
    """Delete an account and everything the user wrote."""
    with patiently(db.engine):
        account = _find_user(username)
        name, user_id = account.username, account.id
        if not yes:
            click.confirm(f"Permanently delete @{name} and everything they wrote?", abort=True)
        with _errors_in_one_line():
            users.delete_user(account)
        db.session.commit()
        log.info("user %s deleted by command, run by the system's user %s", user_id, os.getuid())
        empty_log()
    click.echo(f"Deleted @{name}.")


@user.command("recount")
@with_appcontext
def recount_command() -> None:
    """Recount the posts and followers of all users, for upgrades where old and new replicas served side by side."""
    with patiently(db.engine):
        recount()
        db.session.commit()
    click.echo("Recounted the posts and followers of all users.")


def recount() -> None:
    """Recompute the cached counts of all users. Doesn't commit."""
    db.session.execute(delete(UserCounts))
    posts, followers = count_rows(Post.author_id, User.id), count_rows(Follow.followed_id, User.id)
    db.session.execute(
        insert(UserCounts).from_select(["user_id", "posts", "followers"], select(User.id, posts, followers))
    )


def _find_user(username: str) -> User:
    account = by_username(username)
    if account is None:
        raise click.ClickException(f"User not found: @{username}")
    return account


@contextlib.contextmanager
def _errors_in_one_line() -> Iterator[None]:
    try:
        yield
    except Invalid as error:
        raise click.ClickException(f"{error.field}: {error}") from error
    except DomainError as error:  # a request was first
        raise click.ClickException(str(error)) from error
