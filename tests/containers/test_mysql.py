"""The companion MySQL, started by `make run DB=mysql`. test_mariadb.py tests what both companions share."""

import json

import pytest
from engine import ROOT, Container, free_port, run_command, wait_until
from visitor import Visitor

pytestmark = pytest.mark.thorough

AS_APPLICATION = 'MYSQL_PWD="$(cat "$MYSQL_PASSWORD_FILE")" mysql -h 127.0.0.1 -u microblog microblog -Ne'


OPTIONS = {"DB": "mysql", "BASE": "debian"}


@pytest.fixture(scope="module")
def site(make, project, engine):
    """The container of an instance with MySQL."""
    port = free_port()
    site = Container(engine, f"{project}-{port}", port)
    try:
        make("run", PORT=port, **OPTIONS)
        yield site
    finally:
        make("stop", PORT=port, check=False)
        run_command(["sh", "scripts/db", "remove", site.name], env={"IMAGE": project})


@pytest.fixture
def server(site, engine):
    return Container(engine, f"{site.name}-mysql")


@pytest.fixture
def image(server, engine):
    return engine.inspect(server.name)["Config"]["Image"]


def query(server, statement):
    """Returns the result of `statement` for the application's user."""
    return server.exec("sh", "-c", f'{AS_APPLICATION} "$1"', "sh", statement).strip()


def test_server_is_process_1_and_unprivileged(server):
    assert server.processes()[0].startswith("mysqld ")
    assert server.exec("id", "-u").strip() == "999"


def test_user_is_identified_by_the_default_plugin(server):
    statement = "SELECT plugin FROM mysql.user WHERE user = 'microblog'"
    assert server.exec("mysql", "-Ne", statement, user="root").strip() == "caching_sha2_password"
    assert query(server, "SELECT @@collation_database") == "utf8mb4_bin"
    assert "mysql" not in query(server, "SHOW DATABASES").split()


def test_server_is_healthy_once_the_user_can_query(server, engine):
    wait_until(lambda: server.health == "healthy", 30, "healthy")
    _shell, probe = engine.inspect(server.name)["Config"]["Healthcheck"]["Test"]
    assert server.exec("sh", "-c", probe)
    assert not server.exec("sh", "-c", f"MYSQL_USER=nobody; {probe}", check=False)


def test_root_can_not_connect_over_the_network(server):
    refused = server.exec("sh", "-c", "mysql -h 127.0.0.1 -u root -e 'SELECT 1' 2>&1", user="root", check=False)
    assert "Access denied" in refused
    assert server.exec("mysql", "-Ne", "SELECT current_user()", user="root").strip() == "root@localhost"


def test_environment_and_log_contain_no_secret(server, site, engine):
    secrets = [path.read_text() for path in (ROOT / "instance/secrets" / site.name).iterdir()]
    assert len(secrets) == 3
    seen = json.dumps([engine.inspect(server.name), engine.inspect(site.name)]) + server.logs + site.logs
    assert not any(secret in seen for secret in secrets)


def test_other_kind_of_database_is_refused_while_it_runs(site, server, make):
    result = make("run", PORT=site.port, **OPTIONS | {"DB": "mariadb"}, check=False)
    assert f"error: {site.name} uses DB=mysql; stop it first, which keeps its data (make stop)" in result.stderr
    assert site.state["Running"]
    assert server.state["Running"]


def test_accounts_survive_a_stop(site, server, make, engine):
    susan, address = Visitor(), f"http://127.0.0.1:{site.port}"
    susan.register(address, "susan")
    make("stop", PORT=site.port)
    assert not engine.exists("container", server.name)
    make("run", PORT=site.port, **OPTIONS)
    assert susan.is_signed_in(address, "susan")


def test_backup_restores_the_whole_database(site, server, make, tmp_path):
    file = tmp_path / "backup.sql"
    query(server, "CREATE TABLE kept (body TEXT); INSERT INTO kept VALUES ('🍣')")
    make("db-backup", PORT=site.port, FILE=file)
    query(server, "DROP TABLE kept; CREATE TABLE newer (x INTEGER)")
    make("db-restore", PORT=site.port, FILE=file)
    assert query(server, "SELECT body FROM kept") == "🍣"
    assert query(server, "SHOW TABLES LIKE 'newer'") == ""
    make("restart", PORT=site.port)


def test_wrong_setting_is_reported_in_one_line(image, start):
    server = start(image, options=["-e", "MYSQL_USER=microblog"])
    assert server.wait() == 78
    assert server.logs.strip() == "mysql: MYSQL_USER is set without MYSQL_PASSWORD or MYSQL_PASSWORD_FILE"


def test_unfinished_data_directory_is_made_again(image, start):
    script = "cd /var/lib/mysql; mkdir mysql; touch .unfinished mysql/half; exec entrypoint.sh"
    server = start(image, "sh", "-c", script, options=["-e", "MYSQL_ROOT_PASSWORD=pass'word"])
    login = "MYSQL_PWD=\"pass'word\" mysql -u root -Ne 'SELECT count(*) > 0 FROM mysql.user'"
    found = server.exec("timeout", "120", "sh", "-c", f"until {login} 2>/dev/null; do sleep 0.2; done")
    assert found.strip() == "1"


def test_user_of_a_throwaway_server_creates_databases(db, project, engine):
    """Each process of `make test DB=mysql` has one of its own."""
    name = f"{project}-throwaway"
    try:
        db("start", "--throwaway", name, DB="mysql")
        server = Container(engine, f"{name}-mysql")
        query(server, "CREATE DATABASE microblog_gw0")
        assert "microblog_gw0" in query(server, "SHOW DATABASES").split()
    finally:
        db("remove", name)
