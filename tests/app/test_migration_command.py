"""`flask db upgrade` as a process: several at once, a migration that fails, a stop, a database newer than the code."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import flask_migrate
import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from app.database import db
from app.ops.upgrade import migration_lock
from app.posts.models import Post
from app.users.models import User

ROOT = Path(__file__).parents[2]
SCRIPTS = ScriptDirectory(str(ROOT / "migrations"))
REVISIONS = [script.revision for script in SCRIPTS.walk_revisions()][::-1]
BROKEN = '''
"""Break."""
from alembic import op
revision, down_revision = "broken", "{head}"
def upgrade():
    op.execute("CREATE TABLE half (x INTEGER)")
    op.execute("SELECT x FROM nowhere")
def downgrade():
    op.execute("DROP TABLE half")
'''
RECREATE = '''
"""Recreate."""
import sqlalchemy as sa
from alembic import op
revision, down_revision = "recreate", "{head}"
def upgrade():
    with op.batch_alter_table("user", recreate="auto") as batch:
        batch.alter_column("locale", existing_type=sa.String(8), type_=sa.String(35))
def downgrade():
    with op.batch_alter_table("user", recreate="auto") as batch:
        batch.alter_column("locale", existing_type=sa.String(35), type_=sa.String(8))
'''
SLOW = '''
"""Run slowly."""
import time
from pathlib import Path
from alembic import op
revision, down_revision = "slow", "{head}"
def upgrade():
    op.execute("CREATE TABLE half (x INTEGER)")
    print("halfway", flush=True)
    while not Path(__file__).with_name("go").exists():
        time.sleep(0.05)
    op.execute("CREATE TABLE whole (x INTEGER)")
def downgrade():
    op.execute("DROP TABLE half")
    op.execute("DROP TABLE whole")
'''


@pytest.fixture
def empty(schema):
    """The database's engine, without any table."""
    flask_migrate.downgrade(revision="base")
    with schema.begin() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
    return schema


@pytest.fixture
def migrations(tmp_path):
    """`migrations(source)`: the folder of a copy of the migrations, with `source` added as the newest."""
    folder = tmp_path / "migrations"
    for source in ("alembic.ini", "env.py", "versions"):
        (folder / source).parent.mkdir(exist_ok=True)
        (folder / source).symlink_to(ROOT / "migrations" / source)
    (folder / "versions").unlink()
    (folder / "versions").mkdir()
    for script in (ROOT / "migrations" / "versions").glob("*.py"):
        (folder / "versions" / script.name).symlink_to(script)

    def add(source):
        (folder / "versions" / "added.py").write_text(source.format(head=REVISIONS[-1]), encoding="utf-8")
        return folder

    return add


def flask(environ, *arguments):
    """Start `flask ARGUMENTS` as a process."""
    return subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "microblog", *arguments],
        cwd=ROOT, env={**os.environ, **environ}, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


def revision(engine):
    with engine.connect() as connection:
        return connection.scalar(text("SELECT version_num FROM alembic_version"))


def test_five_upgrades_at_once_migrate_an_empty_database_once(empty, environ):
    replicas = [flask(environ, "db", "upgrade") for _ in range(5)]
    outputs = [replica.communicate(timeout=120)[0] for replica in replicas]
    assert [replica.returncode for replica in replicas] == [0] * 5, outputs
    assert "".join(outputs).count("Running upgrade") == len(REVISIONS), outputs
    assert revision(empty) == REVISIONS[-1]


def test_upgrade_that_waits_for_another_process_says_so(schema, environ):
    with schema.connect() as connection, migration_lock(connection, 10):
        second = flask(environ, "db", "upgrade")
        while "for another process, which migrates the database" not in (line := second.stdout.readline()):
            assert line, second.wait()
    output = second.communicate(timeout=120)[0]
    assert second.returncode == 0, output


def test_failed_migration_is_reported_and_not_recorded(schema, environ, migrations):
    broken = flask(environ, "db", "upgrade", "--directory", str(migrations(BROKEN)))
    output = broken.communicate(timeout=120)[0]
    assert broken.returncode == 70, output
    assert output.splitlines()[-1].startswith("microblog: a migration failed ("), output
    assert "nowhere" in output.splitlines()[-1]
    assert revision(schema) == REVISIONS[-1]
    if schema.dialect.name == "sqlite":
        assert not inspect(schema).has_table("half")
    else:  # DDL commits by itself, as the message says
        with schema.begin() as connection:
            connection.execute(text("DROP TABLE half"))


def test_sigterm_waits_for_the_end_of_the_migration(schema, environ, migrations):
    folder = migrations(SLOW)
    slow = flask(environ, "db", "upgrade", "--directory", str(folder))
    while "halfway" not in slow.stdout.readline():
        assert slow.poll() is None
    slow.terminate()
    (folder / "versions" / "go").touch()
    output = slow.communicate(timeout=120)[0]
    reached = revision(schema)
    flask_migrate.downgrade(directory=str(folder))
    assert (slow.returncode, reached) == (-signal.SIGTERM, "slow"), output


def test_database_newer_than_the_code_is_refused(schema, environ):
    with schema.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'future'"))
    older = flask(environ, "db", "upgrade")
    output = older.communicate(timeout=120)[0]
    with schema.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :head"), {"head": REVISIONS[-1]})
    assert older.returncode == 70, output
    assert "'future'" in output.splitlines()[-1]
    assert "Traceback" not in output


def test_recreated_table_keeps_the_rows_that_refer_to_it(schema, migrations):
    key = {"username_key": "susan", "email_key": "susan@e.example"}
    susan = User(username="susan", email="susan@e.example", password_hash="-", **key)
    db.session.add(Post(author=susan, body="hello"))
    db.session.commit()
    db.session.remove()
    folder = str(migrations(RECREATE))
    flask_migrate.upgrade(directory=folder)
    flask_migrate.downgrade(directory=folder)
    with schema.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM post")) == 1
