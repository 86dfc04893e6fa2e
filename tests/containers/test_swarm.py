"""deploy/stack.yaml on a Swarm of this engine: replicas, slow clients, and rolling updates under load."""

import base64
import functools
import http.client
import shutil
import threading
import time

import pytest
from databases import revisions
from engine import LABEL, ROOT, free_port, run_command, wait_until
from proxied import ProxiedSite
from slow import KINDS, PATIENCE, waits_beside_fifty

pytestmark = [pytest.mark.thorough, pytest.mark.timeout(900)]

STACK = "deploy/stack.yaml"
BROKEN = 'FROM {image}\nENTRYPOINT ["sh", "-c", "sleep 600"]\n'  # it runs, and never answers
# The next version has one more migration, which the running version survives.
MIGRATION = '''
"""Add a column."""
import sqlalchemy as sa
from alembic import op
revision, down_revision = "added", "{head}"
def upgrade():
    op.add_column("post", sa.Column("added", sa.Integer()))
def downgrade():
    op.drop_column("post", "added")
'''
SECOND = """FROM {image}
USER root
RUN echo {migration} | base64 -d >migrations/versions/added.py
USER microblog
"""


class Swarm(ProxiedSite):
    """A stack; its services are NAME_web and so on."""

    def __init__(self, engine, name, images, port):
        self.engine, self.name, self.port = engine, name, port
        self.variables = {
            "IMAGE": images,
            "HTTPS_PORT": str(port),
            "HTTP_PORT": str(free_port()),
            "SITE_URL": self.url,
            "SECRETS": str(ROOT / f"instance/secrets/{name}"),
        }

    def deploy(self, tag):
        """Types the command of deploy/README.md; returns once the engine has taken the change."""
        command = ["stack", "deploy", "--resolve-image", "never", "-c", STACK, self.name]
        self.engine(*command, env=self.variables | {"TAG": tag})

    def tasks(self, service, state="running"):
        """Returns the images of the tasks of a service that are in a state."""
        listing = ("service", "ps", f"{self.name}_{service}", "--format", "{{.Image}} {{.CurrentState}}")
        lines = self.engine(*listing, "--no-trunc").stdout.splitlines()
        return [line.split()[0] for line in lines if line.split()[1].lower() == state]

    def update(self):
        """Returns the state of the last update of the replicas; "" if there was none."""
        spec = self.engine.inspect(f"{self.name}_web").get("UpdateStatus") or {}
        return spec.get("State", "")

    def containers(self, service):
        """Returns the ids of the running containers of a service."""
        label = f"label=com.docker.swarm.service.name={self.name}_{service}"
        return self.engine("ps", "-q", "--filter", label).stdout.split()

    @functools.cached_property
    def certificate(self):
        [proxy] = self.containers("proxy")
        return self.engine("exec", proxy, "cat", "/tls/cert.pem").stdout


@pytest.fixture(scope="module")
def swarm(engine, make, build, any_builder, project):
    """The stack with three replicas, on a Swarm that this makes and leaves."""
    if engine("info", "--format", "{{.Swarm.LocalNodeState}}").stdout.strip() != "inactive":
        pytest.skip("this engine is in a Swarm, which the test would leave")
    image = build("optimized", any_builder)
    migration = base64.b64encode(MIGRATION.format(head=revisions()[-1]).encode()).decode()
    for tag, dockerfile in {"v1": "FROM {image}\n", "v2": SECOND, "broken": BROKEN}.items():
        text = dockerfile.format(image=image, migration=migration)
        any_builder("build", "-q", "-t", f"{project}:{tag}", "--label", f"{LABEL}={project}", "-", stdin=text)
    env = {
        "IMAGE": project,
        "DOCKER": any_builder.cli,
        "STAGE": "optimized",
        "DEFAULT_STAGE": "optimized",
    } | any_builder.env
    images = {
        name: run_command(["sh", "scripts/service-image", name], env=env).stdout.strip()
        for name in ("mariadb", "redis", "proxy")
    }
    stack = Swarm(engine, f"{project}-stack", project, free_port())
    stack.variables |= {"MARIADB_IMAGE": images["mariadb"], "REDIS_IMAGE": images["redis"]}
    run_command(["sh", "scripts/db", "secrets", stack.name], env={"DB": "mariadb"})
    engine("swarm", "init", "--advertise-addr", "127.0.0.1")
    try:
        node = engine("info", "--format", "{{.Swarm.NodeID}}").stdout.strip()
        engine("node", "update", "--label-add", "microblog.database=yes", node)
        stack.deploy("v1")
        wait_until(lambda: len(stack.tasks("web")) == 3 and stack.containers("proxy"), 300, "three replicas")
        yield stack
    finally:
        engine("stack", "rm", stack.name, check=False)
        ours = ("--filter", f"label=com.docker.stack.namespace={stack.name}")
        wait_until(lambda: not engine("ps", "-aq", *ours).stdout, 90, "the removal of the containers")
        engine("swarm", "leave", "--force", check=False)
        engine("network", "rm", "docker_gwbridge", check=False)
        volumes = engine("volume", "ls", "-q", *ours).stdout.split()
        wait_until(
            lambda: engine("volume", "rm", "-f", *volumes, check=False).returncode == 0, 30, "the volumes' removal"
        )
        shutil.rmtree(ROOT / f"instance/secrets/{stack.name}", ignore_errors=True)


class Load:
    """Visitors who read pages, and write posts, until the block ends; each failure is a line in `failures`."""

    def __init__(self, swarm, visitors):
        self.swarm, self.visitors = swarm, visitors
        self.failures, self.answers = [], 0
        self._over = threading.Event()

    def __enter__(self):
        self._threads = [threading.Thread(target=self._visit, args=(visitor,)) for visitor in self.visitors]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_error):
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _visit(self, visitor):
        number = 0
        while not self._over.wait(0.05):
            number += 1
            try:
                if number % 20:
                    visitor.get(f"{self.swarm.url}/")
                else:
                    visitor.post(f"{self.swarm.url}/post", body=f"Post {number}")
                self.answers += 1
            except (OSError, http.client.HTTPException) as error:
                if getattr(error, "code", 0) != 429:  # too many posts, not an outage
                    self.failures.append(f"{time.strftime('%H:%M:%S')} request {number}: {error!r}")


@pytest.fixture(scope="module")
def visitors(swarm):
    visitors = [swarm.visitor() for _ in range(4)]
    for number, visitor in enumerate(visitors):
        visitor.register(swarm.url, f"visitor{number}")
    return visitors


def test_all_replicas_answer_and_share_accounts(swarm, visitors):
    ids = [f"replica-{number}-of-the-test" for number in range(30)]
    for request_id in ids:
        swarm.fetch("/explore", **{"X-Request-ID": request_id})
    logs = {container: swarm.engine("logs", container) for container in swarm.containers("web")}
    shares = {c: sum(request_id in log.stdout + log.stderr for request_id in ids) for c, log in logs.items()}
    assert len(shares) == 3
    assert all(shares.values()), shares
    # Each request goes to the next replica.
    assert all(visitors[0].is_signed_in(swarm.url, "visitor0") for _ in range(6))


def test_secrets_are_in_no_inspection(swarm):
    folder = ROOT / f"instance/secrets/{swarm.name}"
    secrets = [(folder / name).read_text() for name in ("secret_key", "mariadb_password")]
    services = swarm.engine("stack", "services", "-q", swarm.name).stdout.split()
    shown = (
        swarm.engine("service", "inspect", *services).stdout + swarm.engine("inspect", *swarm.containers("web")).stdout
    )
    assert not [secret for secret in secrets if secret in shown]


def test_migrations_run_once(swarm):
    wait_until(lambda: swarm.tasks("migrate", "complete"), 60, "the migration")
    assert not swarm.containers("migrate")


@pytest.mark.parametrize("kind", KINDS)
def test_fifty_slow_clients_keep_nobody_out(swarm, kind):
    replicas = swarm.containers("web")
    run_python = functools.partial(swarm.engine, "exec", "-i", replicas[0], "python3", "-c")
    waits = waits_beside_fifty(swarm, kind, run_python)
    assert max(waits) < PATIENCE
    assert swarm.containers("web") == replicas  # none was replaced


def test_rolling_update_with_a_migration_fails_no_request(swarm, visitors):
    with Load(swarm, visitors) as load:
        wait_until(lambda: load.answers > 20, 60, "answers before the update")
        swarm.deploy("v2")
        wait_until(lambda: swarm.update() == "completed", 300, "the update")
        count = load.answers
        wait_until(lambda: load.answers > count + 20, 60, "answers after the update")
    print(f"{load.answers} answers, {len(load.failures)} failures")
    assert load.failures == []
    assert {image.rpartition(":")[2] for image in swarm.tasks("web")} == {"v2"}
    assert "added (head)" in swarm.engine("exec", swarm.containers("web")[0], "flask", "db", "current").stdout


def test_broken_update_rolls_back_and_fails_no_request(swarm, visitors):
    with Load(swarm, visitors) as load:
        swarm.deploy("broken")
        wait_until(lambda: swarm.update() == "rollback_completed", 400, "the rollback")
    print(f"{load.answers} answers, {len(load.failures)} failures")
    assert load.failures == []
    assert [image.rpartition(":")[2] for image in swarm.tasks("web")] == ["v2"] * 3
