"""boot.sh in a container: refused settings, the wait for the database, migrations, replicas."""

import pytest
from engine import wait_until
from visitor import Visitor

AWAY = ["-e", "DATABASE_URL=mysql://microblog:no-secret@127.0.0.1:1/microblog", "-e", "SECRET_KEY=only-for-this-test"]


@pytest.fixture
def image(any_builder, build):
    return build("optimized", any_builder)


@pytest.mark.parametrize(
    ("arguments", "options", "status", "line"),
    [
        (["bash"], [], 64, "boot.sh: 'bash' is not a role; use web (the default), worker or migrate"),
        ([], ["-e", "APP_ENVIRONMENT=prod"], 64, "boot.sh: APP_ENVIRONMENT='prod' is not valid; use PROD (the def"),
        ([], ["-e", "APP_ENVIRONMENT=staging"], 64, "boot.sh: APP_ENVIRONMENT='staging' is not valid; use PROD"),
        ([], ["-e", "FLASK_DEBUG=1"], 78, "boot.sh: FLASK_DEBUG is set: its debugger runs code for anyone; unset it"),
        ([], ["-e", "WEB_CONCURRENCY=all"], 78, "microblog: WEB_CONCURRENCY='all' is not a whole number; give one"),
        ([], AWAY[:2], 78, "microblog: SECRET_KEY is not set and the database is not an SQLite file"),
    ],
)
def test_wrong_start_ends_with_one_line(image, start, arguments, options, status, line):
    container = start(image, *arguments, options=options)
    assert container.wait() == status
    (only,) = container.logs.splitlines()
    assert only.startswith(line)


@pytest.mark.parametrize("environment", ["", "PROD"])
def test_environment_defaults_to_production(image, start, environment):
    container = start(image, options=["-e", f"APP_ENVIRONMENT={environment}"], port=True)
    container.wait_for_answer()
    assert "gunicorn" in container.processes()[0]


def test_wait_for_a_missing_database_is_bounded(image, start):
    container = start(image, options=[*AWAY, "-e", "DB_WAIT_SECONDS=2"])
    assert container.wait() == 69
    assert "did not answer within 2 s" in container.logs.splitlines()[-1]
    assert "no-secret" not in container.logs
    assert "Traceback" not in container.logs


@pytest.mark.parametrize(("role", "status"), [("web", 0), ("migrate", 75)])
def test_stop_ends_the_wait_for_the_database(image, start, role, status):
    """A stopped server has done what was asked (0); a stopped migration has not (75)."""
    container = start(image, role, options=AWAY)
    wait_until(lambda: "waiting" in container.logs, 30, "the wait")
    ended, seconds = container.stop()
    assert ended == status
    assert seconds < 5


def test_migrations_can_run_in_a_separate_container(engine, image, project, start):
    volume = f"{project}-job"
    engine("volume", "create", "--label", f"org.microblog.project={project}", volume)
    options = ["-v", f"{volume}:/data", "-e", "MIGRATE_ON_BOOT=0"]
    web = start(image, options=options, port=True)
    web.wait_for_answer("/health/live")
    assert web.get("/health/ready").text.strip() == '{"status":"schema outdated"}'
    job = start(image, "migrate", options=options)
    assert job.wait() == 0
    assert web.get("/health/ready").status == 200


def test_replicas_on_one_volume_share_sessions(engine, image, project, start):
    volume = f"{project}-replicas"
    engine("volume", "create", "--label", f"org.microblog.project={project}", volume)
    replicas = [start(image, options=["-v", f"{volume}:/data"], port=True) for _ in range(2)]
    for replica in replicas:
        replica.wait_for_answer()
    person = Visitor()
    person.register(replicas[0].url, "susan")
    assert person.is_signed_in(replicas[1].url, "susan")
