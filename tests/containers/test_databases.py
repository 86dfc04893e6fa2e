"""The application's image with its database: order of start, migrations, loss of the database."""

import json

import pytest
from databases import revisions
from engine import ROOT, Container, run_command, wait_until

BROKEN = """
from alembic import op
revision, down_revision = "broken", "{head}"
def upgrade():
    op.execute("SELECT x FROM nowhere")
def downgrade():
    pass
"""


@pytest.fixture(scope="module")
def image(build, any_builder):
    return build("optimized", any_builder)


def is_ready(container):
    answer = container.get("/health/ready")
    return answer is not None and answer.status == 200


def test_one_of_five_replicas_migrates_and_all_serve(image, database, start):
    replicas = [start(image, options=[*database, "-e", "WEB_CONCURRENCY=1"], port=True) for _ in range(5)]
    for replica in replicas:
        replica.wait_for_answer("/health/ready", seconds=120)
    assert all(is_ready(replica) for replica in replicas)
    migrated = [replica.logs.count("Running upgrade") for replica in replicas]
    assert sorted(migrated) == [0, 0, 0, 0, len(revisions())]


def test_failed_migration_ends_the_container(image, database, start, add_migration):
    container = start(image, options=[*database, *add_migration(BROKEN)])
    assert container.wait() == 70
    assert container.logs.splitlines()[-1].startswith("microblog: a migration failed (")


def test_application_waits_for_a_late_database(image, mariadb, start, engine):
    options, server = mariadb
    engine("stop", server.name)
    container = start(image, options=options, port=True)
    wait_until(lambda: "waiting up to 60 s for mysql+pymysql://microblog:***@mariadb" in container.logs, 30, "the wait")
    engine("start", server.name)
    assert container.wait_for_answer("/health/ready").status == 200


def test_missing_database_ends_the_container(image, mariadb, start, engine):
    options, server = mariadb
    engine("stop", server.name)
    container = start(image, options=[*options, "-e", "DB_WAIT_SECONDS=2"])
    assert container.wait() == 69
    last = container.logs.splitlines()[-1]
    assert last.startswith("microblog: mysql+pymysql://microblog:***@mariadb/microblog")
    assert "did not answer within 2 s" in last
    assert "Traceback" not in container.logs


def test_stop_ends_the_wait_for_mariadb(image, mariadb, start, engine):
    options, server = mariadb
    engine("stop", server.name)
    container = start(image, options=options)
    wait_until(lambda: "waiting up to" in container.logs, 30, "the wait")
    status, seconds = container.stop()
    assert (status, seconds < 5) == (0, True)


def test_mariadb_without_secret_key_is_refused(image, mariadb, start):
    arguments = mariadb[0]
    key = arguments.index("SECRET_KEY_FILE=/run/secrets/secret_key")
    container = start(image, options=arguments[: key - 1])
    assert container.wait() == 78
    assert "SECRET_KEY" in container.logs.splitlines()[-1]


def test_application_recovers_when_the_database_returns(image, mariadb, start, engine):
    options, server = mariadb
    container = start(image, options=options, port=True)
    container.wait_for_answer("/health/ready")
    engine("stop", server.name)
    assert container.get("/health/ready").status == 503
    assert container.get("/health").status == 200
    engine("start", server.name)
    wait_until(lambda: is_ready(container), 30, "readiness")
    assert container.state["Running"]


def test_make_run_keeps_secrets_in_files_and_data_in_a_volume(instance, make, engine, db):
    container = instance(DB="mariadb", BASE="debian")
    server = Container(engine, f"{container.name}-mariadb")
    assert is_ready(container)
    secrets = [path.read_text() for path in (ROOT / "instance/secrets" / container.name).iterdir()]
    seen = json.dumps(engine.inspect(container.name)) + container.logs
    assert not any(secret in seen for secret in secrets)
    server.exec("mariadb", "microblog", "-e", "CREATE TABLE kept (x INTEGER)", user="root")
    make("stop", PORT=container.port)
    assert not engine.exists("container", server.name)
    assert not engine.exists("network", container.name)
    instance(DB="mariadb", BASE="debian", PORT=container.port)
    assert server.exec("mariadb", "microblog", "-Ne", "SHOW TABLES LIKE 'kept'", user="root").strip() == "kept"
    make("stop", PORT=container.port)
    db("remove", container.name)


def test_make_clean_keeps_the_database_unless_named(make, engine, project):
    other = f"{project}-clean"  # cleaning the session's project would remove the images of other tests
    run_command(["sh", "scripts/db", "start", other], env={"IMAGE": other, "BASE": "debian"})
    assert f"{other}-mariadb" in make("clean", IMAGE=other).stderr
    assert not engine.exists("container", f"{other}-mariadb")
    assert engine.exists("volume", f"{other}-mariadb")
    make("clean", IMAGE=other, DATA=other)
    assert not engine.exists("volume", f"{other}-mariadb")
