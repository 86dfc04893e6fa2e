"""The companion database: `scripts/db`, and the image that stands in for the official one."""

import json
import uuid

import pytest
from engine import LABEL, ROOT, Container, run_command, wait_until

# As the image's user that the application's container has: what this password opens and what not.
AS_APPLICATION = 'MYSQL_PWD="$(cat "$MARIADB_PASSWORD_FILE")" mariadb -h 127.0.0.1 -u microblog microblog -Ne'


@pytest.fixture(scope="session")
def db(project):
    """db("start", NAME): `scripts/db` for this session's project, with the image that is made here."""

    def db(*arguments, check=True):
        return run_command(["scripts/db", *arguments], env={"IMAGE": project, "BASE": "debian"}, check=check)

    return db


@pytest.fixture
def names(db, project):
    """names(): a name for a companion, which is removed with its data when the test is over."""
    given = []

    def name():
        given.append(f"{project}-{uuid.uuid4().hex[:8]}")
        return given[-1]

    yield name
    for name in given:
        db("remove", name)


@pytest.fixture(scope="session")
def shared(db, project):
    """The name of a companion that tests look at and leave as it was."""
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
    """A volume of this session's, empty."""
    name = f"{project}-{uuid.uuid4().hex[:8]}"
    engine("volume", "create", "--label", f"{LABEL}={project}", name)
    yield name
    engine("volume", "rm", "-f", name, check=False)


def query(server, statement):
    """What the application's own user gets for `statement`."""
    return server.exec("sh", "-c", f'{AS_APPLICATION} "$1"', "sh", statement).strip()


def test_the_server_is_process_1_and_not_root(server):
    assert server.processes()[0].startswith("mariadbd ")
    assert server.exec("id", "-un").strip() == "mysql"


def test_only_its_network_reaches_it(server, engine, shared):
    found = engine.inspect(server.name)
    assert found["HostConfig"]["PortBindings"] in (None, {})
    assert list(found["NetworkSettings"]["Networks"]) == [shared]


def test_everything_of_it_bears_the_project_s_label(engine, project, shared):
    kinds = {"container": f"{shared}-mariadb", "volume": f"{shared}-mariadb", "network": shared}
    for kind, name in kinds.items():
        found = json.loads(engine(kind, "inspect", name).stdout)[0]
        assert (found.get("Config") or found)["Labels"][LABEL] == project


def test_no_secret_is_in_its_environment_or_log(server, engine, shared):
    secrets = [path.read_text() for path in (ROOT / "instance/secrets" / shared).iterdir()]
    assert len(secrets) == 3
    seen = json.dumps(engine.inspect(server.name)) + server.logs
    assert not any(secret in seen for secret in secrets)


def test_its_secrets_are_closed_to_other_people_of_this_machine(shared):
    assert (ROOT / "instance/secrets").stat().st_mode & 0o077 == 0


def test_the_application_s_database_holds_every_character(server):
    assert query(server, "SELECT @@collation_database") == "utf8mb4_bin"


def test_the_application_s_user_has_its_own_database_only(server):
    assert query(server, "SHOW DATABASES").split() == ["information_schema", "microblog"]


def test_the_engine_sees_it_healthy_once_the_application_s_user_gets_an_answer(server, engine):
    wait_until(lambda: server.health == "healthy", 30, "healthy")
    _shell, probe = engine.inspect(server.name)["Config"]["Healthcheck"]["Test"]
    assert server.exec("sh", "-c", probe)
    assert not server.exec("sh", "-c", f"MARIADB_USER=nobody; {probe}", check=False)


def test_root_cannot_come_in_over_the_network(server):
    refused = server.exec("sh", "-c", "mariadb -h 127.0.0.1 -u root -e 'SELECT 1' 2>&1", user="root", check=False)
    assert "Access denied" in refused
    assert server.exec("mariadb", "-Ne", "SELECT current_user()", user="root").strip() == "root@localhost"


def test_starting_it_again_changes_nothing(db, engine, shared, server):
    before = engine.inspect(server.name)["Id"]
    arguments = db("start", shared).stdout.splitlines()
    assert engine.inspect(server.name)["Id"] == before
    assert arguments[:2] == ["--network", shared]


def test_it_stops_cleanly_and_its_data_stay(db, engine, names):
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


def test_removing_it_removes_its_data_and_secrets(db, engine, names):
    name = names()
    db("start", name)
    db("remove", name)
    for kind, of_it in [("container", f"{name}-mariadb"), ("volume", f"{name}-mariadb"), ("network", name)]:
        assert not engine.exists(kind, of_it)
    assert not (ROOT / "instance/secrets" / name).exists()


def test_it_goes_on_while_another_instance_uses_it(db, engine, names, start, image):
    name = names()
    db("start", name)
    user = start(image, "sleep", "600", options=["--network", name, "--init"])
    assert "another instance" in db("stop", name).stderr
    assert engine.inspect(f"{name}-mariadb")["State"]["Running"]
    engine("rm", "-f", "-v", user.name)
    db("stop", name)
    assert not engine.exists("container", f"{name}-mariadb")


def test_a_new_password_counts_from_the_next_start_on(db, engine, names):
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


def test_a_data_directory_that_was_cut_off_is_made_again(image, start, volume, engine):
    mount = ["-v", f"{volume}:/var/lib/mysql"]
    engine("run", "--rm", *mount, image, "sh", "-c", "cd /var/lib/mysql; mkdir mysql; touch .unfinished mysql/half")
    server = start(image, options=mount)
    engine("exec", server.name, "sh", "-c", "until mariadb -e 'SELECT 1' 2>&1 | grep -q denied; do sleep 0.1; done")
    assert server.exec("mariadb", "-Ne", "SELECT count(*) > 0 FROM mysql.user", user="root").strip() == "1"


def test_files_of_somebody_else_are_left_alone(image, start, volume, engine):
    mount = ["-v", f"{volume}:/var/lib/mysql"]
    engine("run", "--rm", *mount, image, "touch", "/var/lib/mysql/thesis.txt")
    server = start(image, options=mount)
    assert server.wait() == 78
    assert server.logs.strip() == (
        "mariadb: /var/lib/mysql holds files that are not MariaDB's; mount an empty volume there"
    )
    assert "thesis.txt" in engine("run", "--rm", *mount, image, "ls", "/var/lib/mysql").stdout


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ({"MARIADB_USER": "microblog"}, "MARIADB_USER is set without MARIADB_PASSWORD or MARIADB_PASSWORD_FILE"),
        ({"MARIADB_DATABASE": "a`; DROP"}, "MARIADB_DATABASE=a`; DROP is no name; use letters, digits and _"),
        ({"MARIADB_PASSWORD_FILE": "/none"}, "MARIADB_PASSWORD_FILE=/none can't be read by user 999"),
        ({"MARIADB_PASSWORD_FILE": "/etc/passwd", "MARIADB_PASSWORD": "x"}, "are both set; keep one"),
    ],
)
def test_a_wrong_setting_is_named_in_one_line(image, start, settings, line):
    options = [word for name, value in settings.items() for word in ("-e", f"{name}={value}")]
    server = start(image, options=options)
    assert server.wait() == 78
    assert line in server.logs
    assert len(server.logs.splitlines()) == 1


@pytest.mark.parametrize("password", ["we'ird\\pw\"; -- `$x`", "ünïcödé 🫠"])
def test_any_password_works(image, start, password):
    settings = {"MARIADB_USER": "susan", "MARIADB_PASSWORD": password, "MARIADB_DATABASE": "my_blog"}
    server = start(image, options=[word for name in settings for word in ("-e", f"{name}={settings[name]}")])
    login = (
        'until MYSQL_PWD="$MARIADB_PASSWORD" mariadb -h 127.0.0.1 -u susan my_blog -Ne "SELECT 1"; do sleep 0.1; done'
    )
    assert server.exec("timeout", "60", "sh", "-c", f"{login} 2>/dev/null").strip() == "1"


def test_without_an_engine_it_says_what_to_do(db):
    result = run_command(["scripts/db", "start", "none"], env={"ENGINE": "local"}, check=False)
    assert result.returncode == 1
    assert "needs a container engine" in result.stderr
