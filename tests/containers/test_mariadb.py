"""The companion database: `scripts/db`, and the stand-in for the official image."""

import json
import uuid

import pytest
from engine import LABEL, ROOT, Container, run_command, wait_until

# A client with the password of the application's user.
AS_APPLICATION = 'MYSQL_PWD="$(cat "$MARIADB_PASSWORD_FILE")" mariadb -h 127.0.0.1 -u microblog microblog -Ne'


@pytest.fixture
def names(db, project):
    """names(): a name for a companion, which is removed with its data after the test."""
    given = []

    def name():
        given.append(f"{project}-{uuid.uuid4().hex[:8]}")
        return given[-1]

    yield name
    for name in given:
        db("remove", name)


@pytest.fixture(scope="session")
def shared(db, project):
    """The name of a companion that tests read but do not change."""
    name = f"{project}-shared"
    try:
        db("start", name)
        yield name
    finally:
        db("remove", name)


@pytest.fixture
def server(engine, shared):
    return Container(engine, f"{shared}-mariadb")


@pytest.fixture(scope="session")
def image(shared, engine):
    return engine.inspect(f"{shared}-mariadb")["Config"]["Image"]


@pytest.fixture
def volume(engine, project):
    """The name of an empty volume."""
    name = f"{project}-{uuid.uuid4().hex[:8]}"
    engine("volume", "create", "--label", f"{LABEL}={project}", name)
    yield name
    engine("volume", "rm", "-f", name, check=False)


def query(server, statement):
    """Returns the result of `statement` for the application's user."""
    return server.exec("sh", "-c", f'{AS_APPLICATION} "$1"', "sh", statement).strip()


def test_server_is_process_1_and_unprivileged(server):
    assert server.processes()[0].startswith("mariadbd ")
    assert server.exec("id", "-un").strip() == "mysql"


def test_server_is_reachable_only_on_its_network(server, engine, shared):
    found = engine.inspect(server.name)
    assert found["HostConfig"]["PortBindings"] in (None, {})
    assert list(found["NetworkSettings"]["Networks"]) == [shared]


def test_container_volume_and_network_are_labelled(engine, project, shared):
    kinds = {"container": f"{shared}-mariadb", "volume": f"{shared}-mariadb", "network": shared}
    for kind, name in kinds.items():
        found = json.loads(engine(kind, "inspect", name).stdout)[0]
        assert (found.get("Config") or found)["Labels"][LABEL] == project


def test_environment_and_log_contain_no_secret(server, engine, shared):
    secrets = [path.read_text() for path in (ROOT / "instance/secrets" / shared).iterdir()]
    assert len(secrets) == 3
    seen = json.dumps(engine.inspect(server.name)) + server.logs
    assert not any(secret in seen for secret in secrets)


def test_secrets_are_private_to_their_owner(shared):
    assert (ROOT / "instance/secrets").stat().st_mode & 0o077 == 0


def test_database_is_utf8mb4(server):
    assert query(server, "SELECT @@collation_database") == "utf8mb4_bin"


def test_user_has_access_to_one_database(server):
    assert query(server, "SHOW DATABASES").split() == ["information_schema", "microblog"]


def test_server_is_healthy_once_the_user_can_query(server, engine):
    wait_until(lambda: server.health == "healthy", 30, "healthy")
    _shell, probe = engine.inspect(server.name)["Config"]["Healthcheck"]["Test"]
    assert server.exec("sh", "-c", probe)
    assert not server.exec("sh", "-c", f"MARIADB_USER=nobody; {probe}", check=False)


def test_root_can_not_connect_over_the_network(server):
    refused = server.exec("sh", "-c", "mariadb -h 127.0.0.1 -u root -e 'SELECT 1' 2>&1", user="root", check=False)
    assert "Access denied" in refused
    assert server.exec("mariadb", "-Ne", "SELECT current_user()", user="root").strip() == "root@localhost"


def test_start_is_idempotent(db, engine, shared, server):
    before = engine.inspect(server.name)["Id"]
    arguments = db("start", shared).stdout.splitlines()
    assert engine.inspect(server.name)["Id"] == before
    assert arguments[:2] == ["--network", shared]


def test_stop_keeps_the_data(db, engine, names):
    name = names()
    server = Container(engine, f"{name}-mariadb")
    db("start", name)
    query(server, "CREATE TABLE kept (x INTEGER)")
    status, seconds = server.stop()
    assert (status, seconds < 5) == (0, True)
    db("stop", name)
    assert not engine.exists("container", server.name)
    assert not engine.exists("network", name)
    db("start", name)
    assert query(server, "SHOW TABLES") == "kept"


def test_remove_deletes_data_and_secrets(db, engine, names):
    name = names()
    db("start", name)
    db("remove", name)
    for kind, of_it in [("container", f"{name}-mariadb"), ("volume", f"{name}-mariadb"), ("network", name)]:
        assert not engine.exists(kind, of_it)
    assert not (ROOT / "instance/secrets" / name).exists()


def test_stop_keeps_a_server_that_is_in_use(db, engine, names, start, image):
    name = names()
    db("start", name)
    user = start(image, "sleep", "600", options=["--network", name, "--init"])
    assert "another instance" in db("stop", name).stderr
    assert engine.inspect(f"{name}-mariadb")["State"]["Running"]
    engine("rm", "-f", "-v", user.name)
    db("stop", name)
    assert not engine.exists("container", f"{name}-mariadb")


def test_foreign_container_of_the_same_name_is_refused(db, engine, names, image):
    name = names()
    engine("create", "--name", f"{name}-mariadb", image)
    try:
        result = db("start", name, check=False)
        assert result.returncode != 0
        assert f"error: the container {name}-mariadb was not started by make" in result.stderr
        db("stop", name)
        db("remove", name)
        assert engine.exists("container", f"{name}-mariadb")
    finally:
        engine("rm", "-v", f"{name}-mariadb")


def test_new_password_applies_at_the_next_start(db, engine, names):
    name = names()
    db("start", name)
    db("stop", name)
    secret = ROOT / "instance/secrets" / name / "mariadb_password"
    before = secret.read_text()
    for path in secret.parent.iterdir():
        path.unlink()
    db("start", name)
    assert secret.read_text() != before
    assert query(Container(engine, f"{name}-mariadb"), "SELECT 1") == "1"


def test_unfinished_data_directory_is_made_again(image, start, volume, engine):
    mount = ["-v", f"{volume}:/var/lib/mysql"]
    engine("run", "--rm", *mount, image, "sh", "-c", "cd /var/lib/mysql; mkdir mysql; touch .unfinished mysql/half")
    server = start(image, options=mount)
    engine("exec", server.name, "sh", "-c", "until mariadb -e 'SELECT 1' 2>&1 | grep -q denied; do sleep 0.1; done")
    assert server.exec("mariadb", "-Ne", "SELECT count(*) > 0 FROM mysql.user", user="root").strip() == "1"


def test_foreign_files_are_refused_and_kept(image, start, volume, engine):
    mount = ["-v", f"{volume}:/var/lib/mysql"]
    engine("run", "--rm", *mount, image, "touch", "/var/lib/mysql/thesis.txt")
    server = start(image, options=mount)
    assert server.wait() == 78
    assert server.logs.strip() == (
        "mariadb: /var/lib/mysql holds files that are not MariaDB's; mount an empty volume there"
    )
    assert "thesis.txt" in engine("run", "--rm", *mount, image, "ls", "/var/lib/mysql").stdout


def test_database_needs_an_engine(db):
    result = run_command(["sh", "scripts/db", "start", "none"], env={"ENGINE": "local"}, check=False)
    assert result.returncode == 1
    assert "needs a container engine" in result.stderr
