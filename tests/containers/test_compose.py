"""compose.yaml: alone, with a worker, with MariaDB or MySQL; what `make up` refuses; deploy/stack.yaml's syntax."""

import shutil

import pytest
import yaml
from engine import ROOT, Container, command_lines, free_port, get, run_command, some_thorough, wait_until
from visitor import Visitor


def find_compose(engine):
    """Returns the command of Compose, as a plugin or as the older program, or None."""
    if engine("compose", "version", check=False).returncode == 0:
        return [engine.cli, "compose"]
    return ["docker-compose"] if shutil.which("docker-compose") else None


@pytest.fixture
def compose(engine, build, any_builder, project, tmp_path):
    """compose("up", "-d"): runs Compose in a copy of the checkout, with this session's image in .env."""
    command = find_compose(engine) or pytest.skip("Compose is not installed: sudo apt-get install docker-compose")
    image = build("optimized", any_builder)
    for name in ("compose.yaml", "scripts", "docker"):
        source = ROOT / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, tmp_path / name)
    port = free_port()
    settings = {"IMAGE": project, "TAG": image.split(":")[1], "PORT": port}
    (tmp_path / ".env").write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
    call = [*command, "-p", f"{project}-compose"]

    def compose(*arguments):
        return run_command([*call, *arguments], cwd=tmp_path)

    compose.folder = tmp_path
    compose.address = f"http://127.0.0.1:{port}"
    yield compose
    compose("down", "-v")


def test_every_companion_is_confined_and_bounded(compose):
    with (compose.folder / ".env").open("a") as settings:
        settings.write("COMPOSE_PROFILES=mariadb,mysql,redis,worker,proxy,mail\n")
    services = yaml.safe_load(compose("config").stdout)["services"]
    assert set(services) == {"web", "mariadb", "mysql", "redis", "worker", "proxy", "mail"}
    for name, service in services.items():
        assert (service["read_only"], service["init"], service["cap_drop"]) == (True, True, ["ALL"]), name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["mem_limit"], name
        assert service["logging"]["options"] == {"max-size": "10m", "max-file": "3"}, name


def is_ready(address):
    answer = get(f"{address}/health/ready")
    return answer is not None and answer.status == 200


def test_example_settings_work_unchanged(compose):
    settings = compose.folder / ".env"
    settings.write_text((ROOT / ".env.example").read_text() + settings.read_text())
    compose("up", "-d", "--no-build")
    wait_until(lambda: is_ready(compose.address), 60, "readiness")
    assert "mariadb" not in compose("ps").stdout
    # Some versions of Compose take an invalid address for every address.
    assert compose("port", "web", "5000").stdout.strip() == compose.address.removeprefix("http://")


def test_separate_worker_does_the_jobs(compose, engine):
    with (compose.folder / ".env").open("a") as settings:
        settings.write("COMPOSE_PROFILES=worker\nJOB_WORKERS=0\n")
    compose("up", "-d", "--no-build")
    wait_until(lambda: is_ready(compose.address), 60, "readiness")
    susan, page = Visitor(), f"{compose.address}/settings/export"
    susan.register(compose.address, "susan")
    susan.post(page)
    wait_until(lambda: f"{page.removeprefix(compose.address)}/archive.zip" in susan.get(page), 30, "the archive")
    web, worker = (Container(engine, compose("ps", "-q", service).stdout.strip()) for service in ("web", "worker"))
    assert not [line for line in web.processes() if "app.jobs" in line]
    assert [line for line in worker.processes() if "app.jobs" in line]
    assert "Health" not in worker.state


@pytest.mark.parametrize("database", some_thorough(["mariadb", "mysql"], "mysql"))
def test_application_uses_the_chosen_database(compose, database):
    official = {"mariadb": "mariadb:11.8", "mysql": "mysql:9.7"}[database]
    image = run_command(["sh", "scripts/pick-base", official]).stdout.strip()
    secrets = ["sh", "scripts/db", "secrets", "compose"]
    chosen = run_command(secrets, cwd=compose.folder, env={"DB": database}).stdout
    prefix = database.upper()
    with (compose.folder / ".env").open("a") as settings:
        settings.write(f"{chosen}{prefix}_IMAGE={image}\n")
    compose("up", "-d", "--no-build")
    wait_until(lambda: is_ready(compose.address), 90, "readiness")
    query = f'MYSQL_PWD="$(cat ${prefix}_PASSWORD_FILE)" {database} -u microblog microblog -Ne "SHOW TABLES"'
    assert "user" in compose("exec", "-T", database, "sh", "-c", query).stdout.split()


@pytest.mark.parametrize(
    ("wrong", "line"),
    [
        ({"PROFILES": "postgres"}, "PROFILES=postgres is not valid; use one of: mariadb mysql redis worker proxy mail"),
        ({"PROFILES": "mariadb,mysql"}, "PROFILES has two databases; choose mariadb or mysql"),
        ({"DB": "mariadb"}, "make up takes no DB; use PROFILES=mariadb"),
        ({"ENV": "DEV"}, "make up takes no ENV=DEV; use make run ENV=DEV"),
        ({"DATA": "blog"}, "make up takes no DATA: its volumes are named after IMAGE"),
    ],
)
def test_make_up_refuses_what_it_cannot_do(stub, make, wrong, line):
    variables, calls = stub()
    result = make("up", check=False, **variables | {"STAGE": "optimized"} | wrong)
    assert f"error: {line}" in result.stderr.splitlines()
    assert not [call for call in calls() if call.startswith("build")]


def test_make_up_names_the_remedy_without_compose(stub, make, without):
    variables, _ = stub("'compose version') exit 1 ;;")
    result = make("up", check=False, env=without("docker-compose"), **variables | {"STAGE": "optimized"})
    remedy = "install it (on Debian or Ubuntu: sudo apt-get install -y docker-compose)"
    assert f"error: Compose is missing; {remedy}" in result.stderr.splitlines()


def test_make_down_refuses_what_make_up_did_not_start(stub, make, project):
    variables, calls = stub()
    result = make("down", check=False, **variables | {"STAGE": "optimized"})
    line = f"error: there is no instance/{project}-compose.env: 'make up' was not used with IMAGE={project}"
    assert line in result.stderr.splitlines()
    assert not [call for call in calls() if "down" in call]


def test_stack_is_valid_for_a_swarm():
    command = ["stack", "config"]
    usage = "docker stack config"
    clis = [cli for cli in command_lines() if usage in run_command([cli, *command, "--help"], check=False).stdout]
    if not clis:
        pytest.skip("Docker knows `stack config` from version 25 on")
    services = yaml.safe_load(run_command([clis[0], *command, "-c", "deploy/stack.yaml"]).stdout)["services"]
    assert services["web"]["deploy"]["update_config"]["failure_action"] == "rollback"
    assert all(service["read_only"] and service["cap_drop"] == ["ALL"] for service in services.values())
