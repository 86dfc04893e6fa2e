"""The migrations' schema: it is what the models describe, and a migration that was killed can be run again."""

import contextlib
import itertools
import re
import subprocess
import sys
from pathlib import Path

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import event, inspect, text
from sqlalchemy.exc import DBAPIError

from app.database import db
from app.messages import services as messages
from app.messages.models import Message
from app.ops.autogenerate import is_modelled
from app.users.queries import by_username

ROOT = Path(__file__).parents[2]
SCRIPTS = list(ScriptDirectory(str(ROOT / "migrations")).walk_revisions())[::-1]
END = re.compile(r"\n|, (?=\w+ [A-Z])")  # of a line; SQLite puts an added column into the last one
WRITE = re.compile(r"\s*(ALTER|CREATE|DELETE|DROP|INSERT|UPDATE)\b")


class Killed(BaseException):
    """Ends a migration as a killed process ends: no `except Exception` handles it."""


@pytest.fixture(params=SCRIPTS, ids=lambda script: script.revision)
def script(request):
    """Each migration in turn."""
    return request.param


def read_tables(connection):
    """The statements that define each table, with its indexes and triggers; each as its lines, whatever their order.

    Alembic copies the constraints of a table in any order.
    """
    if connection.dialect.name == "sqlite":
        rows = connection.execute(text("SELECT tbl_name, sql FROM sqlite_master ORDER BY name")).all()
    else:
        names = inspect(connection).get_table_names()
        rows = [connection.execute(text(f"SHOW CREATE TABLE `{name}`")).one() for name in names]
    statements = {}
    for table, statement in rows:
        lines = (line.strip("\t ,)") for line in END.split(statement or ""))
        statements.setdefault(table, []).append(sorted(lines))
    return statements


def read_schema(engine):
    """All tables, and the revision."""
    with engine.connect() as connection:
        return read_tables(connection), connection.scalar(text("SELECT version_num FROM alembic_version"))


def read_modelled_tables(engine):
    """Each model's table as a set of lines: its columns, constraints, indexes and options, whatever their order."""
    with engine.connect() as connection:
        tables = read_tables(connection)
    return {
        name: {
            re.sub(r'"| AUTO_INCREMENT=\d+', "", line)  # the number depends on earlier tests
            for statement in tables[name]
            for line in statement
            if "_search_index" not in line and not line.startswith("CREATE TRIGGER")
        }
        for name in db.metadata.tables
    }


@contextlib.contextmanager
def killed_after(engine, count):
    """Let `count` statements change the database, and raise Killed in place of the next one."""
    made = 0

    def look(_connection, _cursor, statement, *_rest):
        nonlocal made
        if WRITE.match(statement):
            if made == count:
                raise Killed(statement)
            made += 1

    event.listen(engine, "before_cursor_execute", look)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", look)


def kill_until_done(engine, run, after_kill=lambda: None):
    """Call `run` again and again, killed after 0, 1, 2, … statements, until it completes; return how many kills."""
    for count in itertools.count():
        try:
            with killed_after(engine, count):
                run()
        except BaseException as error:
            if not was_killed(error):
                raise
            after_kill()
        else:
            return count


def was_killed(error):
    """Whether Killed was raised, or led to `error`: Alembic tries to tidy up after it, without a connection."""
    while error is not None and not isinstance(error, Killed):
        error = error.__context__
    return error is not None


def test_application_imports_every_model():
    code = "import sys, microblog; print(*(name for name in sys.modules if name.endswith('.models')))"
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    models = {f"app.{path.parent.name}.models" for path in (ROOT / "app").glob("*/models.py")}
    assert models == {name for name in result.stdout.split() if name.startswith("app.")}


def test_autogenerate_finds_no_difference_to_the_models(schema):
    with schema.connect() as connection:
        migration_context = MigrationContext.configure(
            connection, opts={"compare_type": True, "include_name": is_modelled}
        )
        assert compare_metadata(migration_context, db.metadata) == []


def test_migrated_tables_equal_those_created_from_the_models(schema):
    """Compares what autogenerate does not: defaults, the primary keys' names, AUTOINCREMENT, the tables' options."""
    flask_migrate.downgrade(revision="base")  # an earlier test may have recreated a table
    flask_migrate.upgrade()
    migrated = read_modelled_tables(schema)
    flask_migrate.downgrade(revision="base")
    db.create_all()
    try:
        assert read_modelled_tables(schema) == migrated
    finally:
        db.session.remove()
        db.drop_all()


def test_server_tables_use_innodb_and_utf8mb4_bin(schema):
    if schema.dialect.name == "sqlite":
        pytest.skip("SQLite holds text in UTF-8 only")
    query = "SELECT table_name, {} FROM information_schema.{} WHERE table_schema = DATABASE() AND {} != '{}'"
    other = " AND table_name != 'alembic_version'"
    with schema.connect() as connection:
        for what, view, value in (
            ("engine", "tables", "InnoDB"),
            ("table_collation", "tables", "utf8mb4_bin"),
            ("collation_name", "columns", "utf8mb4_bin"),
        ):
            assert connection.execute(text(query.format(what, view, what, value) + other)).all() == []


def test_downgrade_to_base_leaves_no_table(schema):
    flask_migrate.downgrade(revision="base")
    assert inspect(schema).get_table_names() == ["alembic_version"]


@pytest.mark.parametrize("direction", ["up", "down"])
def test_killed_migration_completes_when_run_again(schema, script, direction):
    lower = script.down_revision or "base"
    flask_migrate.downgrade(revision=lower)
    source = read_schema(schema)
    flask_migrate.upgrade(revision=script.revision)
    target = read_schema(schema)
    if direction == "up":
        flask_migrate.downgrade(revision=lower)
        command, revision = flask_migrate.upgrade, script.revision
    else:
        source, target = target, source
        command, revision = flask_migrate.downgrade, lower
    assert read_schema(schema) == source

    def check_rollback():
        if schema.dialect.name == "sqlite":
            assert read_schema(schema) == source

    kills = kill_until_done(schema, lambda: command(revision=revision), check_rollback)
    assert kills >= 2  # before a statement of the migration, and before the new revision is recorded
    assert read_schema(schema) == target


def test_repeated_migration_changes_nothing(schema, script):
    """Finds a statement that cannot be repeated on SQLite too, where the transaction of `flask db` would hide it."""
    flask_migrate.downgrade(revision=script.down_revision or "base")
    with schema.connect() as connection, Operations.context(MigrationContext.configure(connection)):
        for change in (script.module.upgrade, script.module.downgrade):
            change()
            tables = read_tables(connection)
            change()
            assert read_tables(connection) == tables
        connection.commit()


def test_change_of_the_conversation_table_keeps_messages(schema, susan, john):
    message_id = messages.send(susan.id, john.id, "hello").id
    db.session.commit()
    db.session.remove()
    flask_migrate.downgrade(revision="0015")
    flask_migrate.upgrade()
    assert db.session.get_one(Message, message_id).body == "hello"


def test_change_of_the_user_table_keeps_rows_and_never_reuses_an_id(schema, make_user):
    kept, deleted = make_user("susan").id, make_user("john").id
    db.session.execute(text("DELETE FROM user WHERE username = 'john'"))
    db.session.commit()
    flask_migrate.downgrade(revision="0012")
    with schema.connect() as connection:
        assert len(connection.scalars(text("SELECT session_id FROM user WHERE username = 'susan'")).one()) >= 32
    flask_migrate.upgrade()
    assert by_username("susan").id == kept
    assert make_user("mary").id > deleted


def test_kills_reveal_a_statement_that_cannot_be_repeated(schema):
    """The kills above can fail a migration."""

    def run():
        with schema.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("CREATE TABLE IF NOT EXISTS once (x INTEGER)"))
            connection.execute(text("CREATE INDEX ix_once_x ON once (x)"))
            connection.execute(text("INSERT INTO once VALUES (1)"))

    try:
        with pytest.raises(DBAPIError, match="ix_once_x"):
            kill_until_done(schema, run)
    finally:
        with schema.begin() as connection:
            connection.execute(text("DROP TABLE once"))
