"""`flask backup` and `flask restore` on temporary SQLite files, and `flask shell`."""

import contextlib
import errno
import os
import sqlite3
import time

import flask_migrate
import pytest
import sqlalchemy.orm
from sqlalchemy import update

from app import create_app
from app.auth import links, proofs
from app.auth.services import issue_token, start_session
from app.database import db, utc_now
from app.deletion.deleting import Deleter
from app.deletion.models import AccountDeletion
from app.deletion.services import request_deletion
from app.ops import backup, cli
from app.posts.services import create_post
from app.search.words import index_text
from app.settings.database_url import sqlite_path
from app.users.models import User
from app.users.queries import by_username
from app.users.services import create_user, update_profile
from config import Config


@pytest.fixture
def sqlite_app(tmp_path):
    """An application with a new SQLite database that holds susan."""
    app = create_app(Config({"DATA_DIR": str(tmp_path / "data"), "SECRET_KEY": "only-for-these-tests"}))
    app.config["PASSWORD_METHOD"] = "scrypt:512:8:1"
    cli.init_app(app)
    (tmp_path / "data").mkdir()
    with app.app_context():
        flask_migrate.upgrade()
        create_user("susan", "susan@example.com", "correct horse")
        db.session.commit()
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def run(sqlite_app):
    """`run("backup", file)` returns the result of the command."""
    return lambda *arguments: sqlite_app.test_cli_runner().invoke(args=[str(argument) for argument in arguments])


@pytest.fixture
def file(tmp_path):
    return tmp_path / "copy.db"


def usernames():
    db.session.rollback()
    return list(db.session.scalars(db.select(User.username).order_by(User.id)))


WORDS = [b"zanzibarella", b"quixotry", b"xylophonia", b"susan", index_text("xylophonia").encode()]


def words_in(*files):
    """Return which of WORDS stand in the files, in whatever case."""
    content = b"".join(file.read_bytes() for file in files if file.exists()).lower()
    return [word for word in WORDS if word in content]


def delete_by_command(run):
    assert run("user", "delete", "susan", "--yes").exit_code == 0


def delete_when_due(_run):
    request_deletion(by_username("susan"))
    db.session.execute(update(AccountDeletion).values(due_at=utc_now()))
    db.session.commit()
    Deleter()(is_stopping=lambda: False)


@pytest.mark.parametrize("delete", [delete_by_command, delete_when_due])
def test_deleted_user_leaves_no_word_in_the_file_or_a_backup(sqlite_app, run, file, delete):
    susan, john = by_username("susan"), create_user("john", "john@example.com", "correct horse")
    update_profile(susan, username="susan", display_name="Zanzibarella", about_me="Quixotry", locale=None)
    for _number in range(50):  # more than a page of the file holds
        create_post(susan.id, "Xylophonia! " * 11)
    create_post(john.id, "hello")
    links.request_reset(susan.email)
    db.session.commit()
    database = sqlite_path(sqlite_app.config["SQLALCHEMY_DATABASE_URI"])
    log = database.with_name("app.db-wal")
    assert words_in(database, log) == WORDS
    delete(run)
    assert words_in(database, log) == []
    assert run("backup", file).exit_code == 0
    assert words_in(file) == []


def test_restore_replaces_an_open_database(run, file):
    assert run("backup", file).exit_code == 0
    create_user("david", "david@example.com", "correct horse")
    db.session.commit()
    result = run("restore", file)
    assert (result.exit_code, usernames()) == (0, ["susan"]), result.output


def test_backup_holds_committed_data_only(run, file):
    create_user("david", "david@example.com", "correct horse")
    db.session.flush()  # an open transaction
    assert run("backup", file).exit_code == 0
    assert sqlite3.connect(file).execute("SELECT username FROM user").fetchall() == [("susan",)]
    assert file.stat().st_mode & 0o077 == 0


def test_backup_works_in_a_folder_without_hard_links(run, file, monkeypatch):
    monkeypatch.setattr("os.link", lambda *_names: (_ for _ in ()).throw(PermissionError(errno.EPERM, "not permitted")))
    run("backup", str(file))
    assert file.stat().st_size > 0
    assert [path.name for path in file.parent.iterdir() if path.name.startswith(".")] == []


def test_backup_replaces_a_file_only_with_force(run, file):
    file.write_text("precious")
    result = run("backup", file)
    assert (result.exit_code, file.read_text()) == (os.EX_USAGE, "precious")
    assert "--force" in result.output
    assert run("backup", "--force", file).exit_code == 0
    assert run("restore", file).exit_code == 0
    assert [path.name for path in file.parent.iterdir() if path.name != "data"] == ["copy.db"]


@pytest.mark.parametrize("content", [b"not a database", b""])
def test_restore_rejects_a_file_that_is_not_a_microblog_database(run, file, content):
    file.write_bytes(content)
    result = run("restore", file)
    assert (result.exit_code, usernames()) == (os.EX_USAGE, ["susan"])
    assert "is not a Microblog database" in result.output


def test_restore_rejects_a_backup_of_a_newer_version(run, file):
    run("backup", file)
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE alembic_version SET version_num = 'ffffffffffff'")
        connection.execute("UPDATE user SET username = 'other'")
    result = run("restore", file)
    assert (result.exit_code, usernames()) == (os.EX_USAGE, ["susan"])
    assert "newer" in result.output


def test_commands_reject_the_database_itself_as_file(run, sqlite_app):
    path = db.engine.url.database
    assert run("backup", "--force", path).exit_code == run("restore", path).exit_code == os.EX_USAGE
    assert usernames() == ["susan"]


def test_restore_gives_up_on_a_locked_database(run, file, monkeypatch):
    run("backup", file)
    create_user("david", "david@example.com", "correct horse")
    db.session.commit()
    monkeypatch.setattr(backup, "BUSY_SECONDS", 0.3)
    with contextlib.closing(sqlite3.connect(db.engine.url.database, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        result = run("restore", file)
        assert time.monotonic() - began < 5
    assert result.exit_code == os.EX_USAGE
    assert "was locked by another process" in result.output
    assert len(result.output.splitlines()) == 1
    assert usernames() == ["susan", "david"]


@pytest.mark.parametrize(("command", "named"), [("backup", "no/such/copy.db"), ("restore", "app.db")])
def test_unwritable_path_is_shown_as_the_user_gave_it(command, named, run, file, tmp_path, monkeypatch):
    assert run("backup", file).exit_code == 0
    monkeypatch.chdir(tmp_path)

    def fail(_url):
        raise PermissionError(errno.EACCES, "Permission denied", "/tmp/internal-name")

    monkeypatch.setattr("app.ops.upgrade.prepare_directory", fail)
    result = run(command, "no/such/copy.db" if command == "backup" else file)
    assert result.exit_code == os.EX_CANTCREAT
    assert f"{named} can't be written" in result.output
    assert "internal-name" not in result.output
    assert ".copy" not in result.output


def test_new_secret_key_ends_sessions_but_not_api_tokens(sqlite_app):
    susan = db.session.scalar(db.select(User))
    token, _kept = issue_token(susan, "a script")
    session_token = start_session(susan, "", remember=False)
    db.session.commit()
    client = sqlite_app.test_client()
    with client.session_transaction() as session:
        session["_user_id"], session["_fresh"] = session_token, True
    cookie = client.get_cookie("microblog").value
    link = proofs.make(proofs.RESET, susan)

    def statuses(app):
        client = app.test_client()
        with_token = client.get("/api/users", headers={"Authorization": f"Bearer {token}"}).status_code
        client.set_cookie("microblog", cookie)
        return with_token, client.get("/settings/tokens").status_code

    other = create_app(Config({"DATA_DIR": str(sqlite_app.config["DATA_DIR"]), "SECRET_KEY": "another-key"}))
    assert (statuses(sqlite_app), statuses(other)) == ((200, 200), (200, 302))
    assert proofs.read(proofs.RESET, link)[0] is susan
    with other.app_context():
        assert proofs.read(proofs.RESET, link) is None
        db.engine.dispose()


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_database_server_gets_the_command_to_use_instead(command, sqlite_app, run, file):
    sqlite_app.config["SQLALCHEMY_DATABASE_URI"] = "mysql+pymysql://user:hidden@db/microblog"
    result = run(command, file)
    assert result.exit_code == os.EX_USAGE
    assert "mariadb" in result.output
    assert "hidden" not in result.output


def test_shell_has_the_database_and_the_models(sqlite_app):
    names = sqlite_app.make_shell_context()
    assert (names["db"], names["sa"], names["so"]) == (db, sqlalchemy, sqlalchemy.orm)
    assert names["User"] is User
    assert {"Post", "Follow", "Message", "Notification", "Job"} <= names.keys()
