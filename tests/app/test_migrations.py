"""The migrations on the database of the run. Each test leaves the newest schema behind, for the tests after it."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import insert, inspect, select, text

from app.database import db
from app.ops.upgrade import is_modelled
from app.pagination import NEWEST
from app.posts.models import Post
from app.posts.services import create_post
from app.relationships.services import follow
from app.search import queries as search
from app.search.models import PostSearch
from app.search.words import asked, indexed
from app.users.models import User, UserCounts
from app.users.services import create_user

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
REBUILD = '''
"""Rebuild."""
import sqlalchemy as sa
from alembic import op
revision, down_revision = "rebuild", "{head}"
def upgrade():
    with op.batch_alter_table("user", recreate="auto") as batch:
        batch.alter_column("locale", existing_type=sa.String(8), type_=sa.String(35))
def downgrade():
    with op.batch_alter_table("user", recreate="auto") as batch:
        batch.alter_column("locale", existing_type=sa.String(35), type_=sa.String(8))
'''

SLOW = '''
"""Take long."""
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
def schema(context):
    """The database, with the newest schema again when the test is over."""
    yield db.engine
    db.session.remove()
    flask_migrate.upgrade()


@pytest.fixture
def empty(schema):
    """The database without any table."""
    flask_migrate.downgrade(revision="base")  # by the models alone, the index of search would stay
    with schema.begin() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
    return schema


@pytest.fixture
def migrations(tmp_path):
    """A copy of the migrations: `migrations(source)` adds one after the newest and gives the folder."""
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
    """`flask ARGUMENTS` as a process of its own, started."""
    return subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "microblog", *arguments],
        cwd=ROOT, env={**os.environ, **environ}, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


def tables(engine):
    return set(inspect(engine).get_table_names()) - {"alembic_version"}


def revision(engine):
    with engine.connect() as connection:
        return connection.scalar(text("SELECT version_num FROM alembic_version"))


def test_the_application_imports_every_model_by_itself():
    code = "import sys, microblog; print(*(name for name in sys.modules if name.endswith('.models')))"
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    models = {f"app.{path.parent.name}.models" for path in (ROOT / "app").glob("*/models.py")}
    assert models == {name for name in result.stdout.split() if name.startswith("app.")}


def test_models_and_schema_are_the_same(schema):
    with schema.connect() as connection:
        migration_context = MigrationContext.configure(
            connection, opts={"compare_type": True, "include_name": is_modelled}
        )
        assert compare_metadata(migration_context, db.metadata) == []


def test_each_migration_can_be_undone_and_done_again(schema):
    for target, before in zip(REVISIONS[::-1], [*REVISIONS[-2::-1], None], strict=True):
        flask_migrate.downgrade(revision=before or "base")
        assert revision(schema) == before
        flask_migrate.upgrade(revision=target)
        assert revision(schema) == target
        flask_migrate.downgrade(revision=before or "base")
    assert tables(schema) == set()


def test_tables_hold_every_character_whatever_the_server_s_default(schema):
    if schema.dialect.name == "sqlite":
        pytest.skip("SQLite holds text in UTF-8 only")
    query = "SELECT table_name, {} FROM information_schema.{} WHERE table_schema = DATABASE() AND {} != '{}'"
    odd = " AND table_name != 'alembic_version'"
    with schema.connect() as connection:
        for what, view, value in (
            ("engine", "tables", "InnoDB"),
            ("table_collation", "tables", "utf8mb4_bin"),
            ("collation_name", "columns", "utf8mb4_bin"),
        ):
            assert connection.execute(text(query.format(what, view, what, value) + odd)).all() == []


def test_five_at_once_on_an_empty_database_migrate_it_once(empty, environ):
    replicas = [flask(environ, "db", "upgrade") for _ in range(5)]
    outputs = [replica.communicate(timeout=120)[0] for replica in replicas]
    assert [replica.returncode for replica in replicas] == [0] * 5, outputs
    assert "".join(outputs).count("Running upgrade") == len(REVISIONS), outputs
    assert revision(empty) == REVISIONS[-1]


def test_a_migration_that_fails_says_so_in_its_last_line_and_is_not_recorded(schema, environ, migrations):
    broken = flask(environ, "db", "upgrade", "--directory", str(migrations(BROKEN)))
    output = broken.communicate(timeout=120)[0]
    assert broken.returncode == 70, output
    assert output.splitlines()[-1].startswith("microblog: a migration failed ("), output
    assert "nowhere" in output.splitlines()[-1]
    assert revision(schema) == REVISIONS[-1]
    if schema.dialect.name == "sqlite":
        assert "half" not in tables(schema)
    else:  # its DDL can't be rolled back, and the message says so
        with schema.begin() as connection:
            connection.execute(text("DROP TABLE half"))


def test_a_stop_in_the_midst_of_a_migration_waits_for_its_end(schema, environ, migrations):
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


def test_a_database_newer_than_the_code_is_refused(schema, environ):
    with schema.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'future'"))
    older = flask(environ, "db", "upgrade")
    output = older.communicate(timeout=120)[0]
    with schema.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :head"), {"head": REVISIONS[-1]})
    assert older.returncode == 70, output
    assert "'future'" in output.splitlines()[-1]
    assert "Traceback" not in output


def test_a_table_that_is_built_anew_keeps_the_rows_that_refer_to_it(schema, migrations):
    key = {"username_key": "susan", "email_key": "susan@e.example"}
    susan = User(username="susan", email="susan@e.example", password_hash="-", **key)
    db.session.add(Post(author=susan, body="hello"))
    db.session.commit()
    db.session.remove()
    folder = str(migrations(REBUILD))
    flask_migrate.upgrade(directory=folder)
    flask_migrate.downgrade(directory=folder)
    with schema.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM post")) == 1


def test_posts_and_people_that_are_there_already_are_found(schema):
    """Also by a migration that goes on where another was cut short."""
    susan = create_user("susan", "susan@e.example", "-")
    first = create_post(susan.id, "hello")
    create_post(susan.id, "hello, world")
    db.session.commit()
    begun = insert(PostSearch).values(post_id=first.id, words=indexed("hello"))
    for before, there in (("0028", None), ("0030", begun)):
        db.session.remove()
        flask_migrate.downgrade(revision=before)
        if there is not None:
            with schema.begin() as connection:
                connection.execute(there)
        flask_migrate.upgrade()
        assert len(search.posts(asked("hello"), NEWEST, 10).items) == 2
        assert len(search.people(asked("susan"), NEWEST, 10).items) == 1


def test_posts_and_followers_that_are_there_already_are_counted(schema):
    susan, john = (create_user(name, f"{name}@e.example", "-").id for name in ("susan", "john"))
    create_post(susan, "hello")
    follow(susan, john)
    db.session.commit()
    db.session.remove()
    flask_migrate.downgrade(revision="0031")
    flask_migrate.upgrade()
    assert db.session.execute(select(UserCounts.posts, UserCounts.followers).order_by(UserCounts.user_id)).all() == [
        (1, 0),
        (0, 1),
    ]
