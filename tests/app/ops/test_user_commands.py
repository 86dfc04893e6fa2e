import os

import click
import pytest
from sqlalchemy import delete, select

from app.auth import services
from app.auth.queries import owner_of_token, user_of_session
from app.auth.services import issue_token, start_session
from app.database import db
from app.exceptions import NotAllowed
from app.posts.models import Post
from app.posts.services import create_post
from app.users import services as users
from app.users.models import User, UserCounts
from app.users.passwords import matches
from app.users.queries import by_username
from tests.fixtures.users import PASSWORD


def test_create_prompts_for_the_password(flask):
    output, code = flask("user", "create", "susan", "susan@example.com", input="correct horse\ncorrect horse\n")
    assert code == 0, output
    assert "Created @susan." in output
    assert "correct horse" not in output
    assert matches("correct horse", by_username("susan").password_hash)


def test_create_reads_the_password_from_stdin(flask):
    output, code = flask("user", "create", "susan", "susan@example.com", "--password-stdin", input="correct horse\n")
    assert code == 0, output
    assert matches("correct horse", by_username("susan").password_hash)


@pytest.mark.parametrize(
    ("username", "email", "password", "field"),
    [
        ("a/b", "x@example.com", "correct horse", "username"),
        ("JOHN", "x@example.com", "correct horse", "username"),
        ("susan", "notanemail", "correct horse", "email"),
        ("susan", "x@example.com", "short", "password"),
    ],
)
def test_create_reports_invalid_input_in_one_line(flask, make_user, username, email, password, field):
    make_user("john")
    output, code = flask("user", "create", username, email, "--password-stdin", input=f"{password}\n")
    assert code == 1
    assert output.startswith(f"Error: {field}: ")
    assert output.count("\n") == 1
    assert db.session.scalars(select(User.username)).all() == ["john"]


def test_reset_password_ends_the_sessions(flask, make_user):
    session = start_session(make_user("susan"), "", remember=True)
    db.session.commit()
    output, code = flask("user", "reset-password", "SUSAN", "--password-stdin", input="battery staple\n")
    assert code == 0, output
    susan = by_username("susan")
    assert matches("battery staple", susan.password_hash)
    assert user_of_session(session) is None


def test_sign_out_ends_the_sessions_and_keeps_the_password(flask, make_user):
    susan = make_user("susan")
    session, (token, _row) = start_session(susan, "", remember=True), issue_token(susan)
    other = start_session(make_user("john"), "", remember=True)
    db.session.commit()
    assert flask("user", "sign-out", "SUSAN") == ("Ended all sessions and API tokens of @susan.\n", 0)
    assert (user_of_session(session), owner_of_token(token)) == (None, None)
    assert user_of_session(other)
    assert matches(PASSWORD, by_username("susan").password_hash)


def test_delete_after_confirmation_removes_the_posts_too(flask, make_user):
    create_post(make_user("susan").id, "hello")
    db.session.commit()
    output, code = flask("user", "delete", "susan", input="n\n")
    assert code == 1
    assert by_username("susan")
    output, code = flask("user", "delete", "susan", input="y\n")
    assert (code, by_username("susan")) == (0, None), output
    assert db.session.scalars(select(Post)).all() == []


def test_delete_is_logged_with_the_id_and_by_whom(flask, make_user, caplog):
    caplog.set_level("INFO", "app.ops.user_commands")
    susan = make_user("susan").id
    flask("user", "delete", "susan", input="n\n")
    assert caplog.messages == []
    flask("user", "delete", "susan", "--yes")
    assert caplog.messages == [f"user {susan} deleted by command, run by the system's user {os.getuid()}"]


def test_delete_with_yes_skips_the_confirmation(flask, make_user):
    make_user("susan")
    assert flask("user", "delete", "susan", "--yes") == ("Deleted @susan.\n", 0)


def test_delete_reports_an_account_that_is_gone_after_the_confirmation(flask, make_user, monkeypatch):
    make_user("susan")

    def confirm(*_arguments, **_options):
        with db.engine.begin() as other_connection:
            other_connection.execute(delete(User))

    monkeypatch.setattr(click, "confirm", confirm)
    assert flask("user", "delete", "susan") == ("Error: User not found\n", 1)


@pytest.mark.parametrize("command", ["promote", "demote", "reset-password"])
def test_command_reports_a_request_that_was_first(flask, make_user, monkeypatch, command):
    make_user("susan")

    def first(*_arguments):
        raise NotAllowed("This account was changed at the same moment.")

    for module, name in ((users, "promote"), (users, "demote"), (services, "set_password")):
        monkeypatch.setattr(module, name, first)
    options = ["--password-stdin"] if command == "reset-password" else []
    output = flask("user", command, "susan", *options, input="correct horse\n")
    assert output == ("Error: This account was changed at the same moment.\n", 1)


def test_promote_and_demote_are_idempotent(flask, make_user):
    make_user("susan")
    make_user("john")
    for _ in range(2):
        assert flask("user", "promote", "SUSAN") == ("@susan is an administrator.\n", 0)
        assert [by_username(name).is_administrator for name in ("susan", "john")] == [True, False]
    for _ in range(2):
        assert flask("user", "demote", "SUSAN") == ("@susan is not an administrator.\n", 0)
        assert not by_username("susan").is_administrator


def test_recount_corrects_the_counts(flask, make_user):
    susan = make_user("susan").id
    db.session.add(UserCounts(user_id=susan, posts=7, followers=7))
    db.session.commit()
    assert flask("user", "recount") == ("Recounted the posts and followers of all users.\n", 0)
    counts = db.session.get(UserCounts, susan)
    assert (counts.posts, counts.followers) == (0, 0)


@pytest.mark.parametrize(
    "command", [("delete", "--yes"), ("reset-password", "--password-stdin"), ("sign-out",), ("promote",), ("demote",)]
)
def test_commands_report_an_unknown_user(flask, command):
    output, code = flask("user", *command, "nobody", input="battery staple\n")
    assert (output, code) == ("Error: User not found: @nobody\n", 1)
