"""`flask backup` and `flask restore`, on SQLite files of their own, and `flask shell`."""

import contextlib
import errno
import sqlite3
import time

import flask_migrate
import pytest
import sqlalchemy.orm

from app import create_app
from app.auth import proofs
from app.auth.services import issue_token
from app.database import db
from app.ops import backup, cli
from app.users.models import User
from app.users.services import create_user
from config import Config


@pytest.fixture
def sqlite_app(tmp_path):
    """An application on a new SQLite file, with susan in it."""
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
    """run("backup", file): the result of the command."""
    return lambda *arguments: sqlite_app.test_cli_runner().invoke(args=[str(argument) for argument in arguments])


@pytest.fixture
def file(tmp_path):
    return tmp_path / "copy.db"


def names():
    db.session.rollback()
    return list(db.session.scalars(db.select(User.username).order_by(User.id)))


def test_what_was_backed_up_comes_back_while_the_database_is_open(run, file):
    assert run("backup", file).exit_code == 0
    create_user("david", "david@example.com", "correct horse")
    db.session.commit()
    result = run("restore", file)
    assert (result.exit_code, names()) == (0, ["susan"]), result.output


def test_a_backup_holds_what_is_committed_and_nothing_else(run, file):
    create_user("david", "david@example.com", "correct horse")
    db.session.flush()  # another connection's transaction, still open
    assert run("backup", file).exit_code == 0
    assert sqlite3.connect(file).execute("SELECT username FROM user").fetchall() == [("susan",)]
    assert file.stat().st_mode & 0o077 == 0


def test_a_file_that_exists_is_replaced_only_by_force(run, file):
    file.write_text("precious")
    result = run("backup", file)
    assert (result.exit_code, file.read_text()) == (cli.EX_USAGE, "precious")
    assert "--force" in result.output
    assert run("backup", "--force", file).exit_code == 0
    assert run("restore", file).exit_code == 0
    assert [path.name for path in file.parent.iterdir() if path.name != "data"] == ["copy.db"]


@pytest.mark.parametrize("content", [b"no database", b""])
def test_a_file_that_is_no_database_of_ours_is_refused_and_the_old_one_kept(run, file, content):
    file.write_bytes(content)
    result = run("restore", file)
    assert (result.exit_code, names()) == (cli.EX_USAGE, ["susan"])
    assert "no database of Microblog" in result.output


def test_a_backup_of_a_newer_version_is_refused_and_the_old_one_kept(run, file):
    run("backup", file)
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE alembic_version SET version_num = 'ffffffffffff'")
        connection.execute("UPDATE user SET username = 'other'")
    result = run("restore", file)
    assert (result.exit_code, names()) == (cli.EX_USAGE, ["susan"])
    assert "newer" in result.output


def test_the_database_itself_is_no_backup(run, sqlite_app):
    path = db.engine.url.database
    assert run("backup", "--force", path).exit_code == run("restore", path).exit_code == cli.EX_USAGE
    assert names() == ["susan"]


def test_a_database_that_another_process_writes_to_is_not_waited_for_without_end(run, file, monkeypatch):
    run("backup", file)
    create_user("david", "david@example.com", "correct horse")
    db.session.commit()
    monkeypatch.setattr(backup, "BUSY_SECONDS", 0.3)
    with contextlib.closing(sqlite3.connect(db.engine.url.database, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        result = run("restore", file)
        assert time.monotonic() - began < 5
    assert result.exit_code == cli.EX_USAGE
    assert "is locked by another process" in result.output
    assert len(result.output.splitlines()) == 1
    assert names() == ["susan", "david"]


@pytest.mark.parametrize(("command", "named"), [("backup", "no/such/copy.db"), ("restore", "app.db")])
def test_what_cannot_be_written_is_named_as_it_was_given(command, named, run, file, tmp_path, monkeypatch):
    assert run("backup", file).exit_code == 0
    monkeypatch.chdir(tmp_path)

    def refuse(_url):
        raise PermissionError(errno.EACCES, "Permission denied", "/tmp/a-name-nobody-gave")

    monkeypatch.setattr("app.ops.upgrade.prepare_directory", refuse)
    result = run(command, "no/such/copy.db" if command == "backup" else file)
    assert result.exit_code == cli.EX_CANTCREAT
    assert f"{named} can't be written" in result.output
    assert "nobody-gave" not in result.output
    assert ".copy" not in result.output


def test_with_another_key_people_log_in_again_and_programs_go_on(sqlite_app):
    susan = db.session.scalar(db.select(User))
    token, _kept = issue_token(susan, "a program")
    db.session.commit()
    client = sqlite_app.test_client()
    with client.session_transaction() as session:
        session["_user_id"], session["_fresh"] = susan.session_id, True
    cookie = client.get_cookie("microblog").value
    link = proofs.make(proofs.RESET, susan)

    def answers(app):
        client = app.test_client()
        as_program = client.get("/api/users", headers={"Authorization": f"Bearer {token}"}).status_code
        client.set_cookie("microblog", cookie)
        return as_program, client.get("/settings/tokens").status_code

    other = create_app(Config({"DATA_DIR": str(sqlite_app.config["DATA_DIR"]), "SECRET_KEY": "another"}))
    assert (answers(sqlite_app), answers(other)) == ((200, 200), (200, 302))
    assert proofs.read(proofs.RESET, link)[0] is susan
    with other.app_context():
        assert proofs.read(proofs.RESET, link) is None
        db.engine.dispose()


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_on_a_server_the_command_to_use_is_named(command, sqlite_app, run, file):
    sqlite_app.config["SQLALCHEMY_DATABASE_URI"] = "mysql+pymysql://user:hidden@db/microblog"
    result = run(command, file)
    assert result.exit_code == cli.EX_USAGE
    assert "mariadb" in result.output
    assert "hidden" not in result.output


def test_the_shell_knows_the_database_and_the_models(sqlite_app):
    known = sqlite_app.make_shell_context()
    assert (known["db"], known["sa"], known["so"]) == (db, sqlalchemy, sqlalchemy.orm)
    assert known["User"] is User
    assert {"Post", "Follow", "Message", "Notification", "Task"} <= known.keys()
