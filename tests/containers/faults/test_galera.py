"""A Galera cluster of three nodes behind a proxy, of which one is killed; and MariaDB's ed25519 authentication."""

import time
import uuid

import pytest
from engine import LABEL, ROOT, run_command, wait_until
from load import send, slowest, statuses

HERE = ROOT / "tests/containers/faults"
PASSWORD = "only for this test"
WITH_GALERA = [
    "--wsrep-on=ON",
    "--wsrep-provider=/usr/lib/galera/libgalera_smm.so",
    "--wsrep-cluster-address=gcomm://node1,node2,node3",
    "--wsrep-sst-method=rsync",
    "--binlog-format=ROW",
    "--innodb-autoinc-lock-mode=2",
    "--character-set-server=utf8mb4",
    "--collation-server=utf8mb4_bin",
]
ACCOUNTS = {"MARIADB_DATABASE": "microblog", "MARIADB_USER": "microblog", "MARIADB_PASSWORD": PASSWORD}


@pytest.fixture(scope="session")
def server_image(engine, any_builder, project):
    """The stand-in for MariaDB, with Galera and a proxy."""
    base = run_command(["sh", "scripts/database-image", "mariadb"]).stdout.strip()
    name = f"{project}:galera"
    any_builder("build", "-t", name, "--build-arg", f"BASE_IMAGE={base}", "--label", f"{LABEL}={project}", HERE)
    return name


@pytest.fixture
def network(engine, project):
    name = f"{project}-{uuid.uuid4().hex[:8]}"
    engine("network", "create", "--label", f"{LABEL}={project}", name)
    return name  # removed at the end of the session, as it has the project's label


def options_for(host):
    """Returns the options that connect the application to the database at `host`."""
    url = f"mysql://microblog:{PASSWORD.replace(' ', '%20')}@{host}/microblog"
    return ["-e", f"DATABASE_URL={url}", "-e", "SECRET_KEY=only-for-this-test"]


def with_settings(settings):
    return [word for name, value in settings.items() for word in ("-e", f"{name}={value}")]


def state_of(node, name):
    """Returns the value of one of Galera's status variables."""
    return (
        node.exec("mariadb", "-Ne", f"SHOW STATUS LIKE '{name}'", user="root", check=False).partition("\t")[2].strip()
    )


@pytest.fixture
def cluster(server_image, start, network):
    """Three nodes, all in step."""

    def node(name, *arguments, settings=()):
        options = ["--network", network, "--network-alias", name, *settings]
        return start(server_image, *WITH_GALERA, f"--wsrep-node-name={name}", *arguments, options=options)

    def is_in_step(node, size):
        states = [state_of(node, name) for name in ("wsrep_cluster_size", "wsrep_local_state_comment", "wsrep_ready")]
        return states == [str(size), "Synced", "ON"]

    nodes = [node("node1", "--wsrep-new-cluster", settings=with_settings(ACCOUNTS))]
    wait_until(lambda: is_in_step(nodes[0], 1), 90, "the first node")
    for name in ("node2", "node3"):
        nodes.append(node(name))
        wait_until(lambda: is_in_step(nodes[-1], len(nodes)), 120, name)
    nodes[0].exec("mariadb", "-e", "CREATE USER haproxy", user="root")
    return nodes


def test_application_goes_on_when_a_node_of_galera_is_killed(
    cluster, image, server_image, start, serve, network, engine, load, counted
):
    """Of three nodes behind haproxy, the one that serves is killed under the load of 8 clients."""
    proxy = ["--network", network, "--network-alias", "database"]
    start(server_image, "haproxy", "-f", "/etc/haproxy/haproxy.cfg", options=proxy)
    options = ["--network", network, *options_for("database"), "-e", "MIGRATE_ON_BOOT=0"]
    assert start(image, "migrate", options=options).wait() == 0
    site = serve(*options)
    with load(site) as under_load:
        under_load.wait_for(200)
        engine("kill", "--signal", "KILL", cluster[0].name)
        killed = time.monotonic()
        wait_until(lambda: 201 in statuses(under_load.since(killed)), 120, "a post")
        away = time.monotonic() - killed
        back = time.monotonic()
        recovered = under_load.wait_for(300, since=back)
    assert set(statuses(under_load.exchanges)) <= {200, 201, 503}
    assert set(statuses(recovered)) == {200, 201}
    for writer in under_load.writers:
        assert writer.stored() == writer.acknowledged[::-1]  # by id
    assert state_of(cluster[1], "wsrep_cluster_size") == "2"
    counted(
        answers=statuses(under_load.exchanges),
        seconds_until_the_next_post=round(away, 1),
        slowest_s=slowest(under_load.exchanges),
        posts_acknowledged_and_stored=len(under_load.acknowledged()),
    )


def test_application_works_with_a_user_identified_by_ed25519(new_mariadb, serve, author, counted):
    """MariaDB identifies the application's user by ed25519: pages, the API, a job."""
    options, server = new_mariadb("--throwaway", DB_AUTH="ed25519")
    site = serve(*options)
    susan = author(site)
    address = ("127.0.0.1", site.port)
    assert send(address, "POST", "/api/posts", {"body": "Hello"}, Authorization=susan.authorization).status == 201
    susan.start_export()
    wait_until(lambda: susan.export()["progress"] == 100, 60, "the export")
    ways = "SELECT DISTINCT plugin FROM mysql.user WHERE user = 'microblog'"
    assert server.exec("mariadb", "-Ne", ways, user="root").strip() == "ed25519"
    counted(migrations="all", posts=20_001, export="done")
