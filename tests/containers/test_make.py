"""The Makefile: its menu, its commands, and its error messages."""

import re
import socket
import sys

import pytest
from engine import ROOT, free_port, get, put_command, run_command


def listed(text, heading):
    """Returns the first words of the lines under a heading of the menu."""
    section = text.split(heading)[1].split("\n\n")[0]
    return re.findall(r"^  ([A-Za-z_-]+)", section, re.MULTILINE)


def test_menu_lists_every_target_and_variable():
    menu = run_command(["make"]).stdout
    makefile = (ROOT / "Makefile").read_text()
    targets = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)[1].split()
    variables = re.search(r"^VARIABLES = (.*)$", makefile, re.MULTILINE)[1].split()
    assert listed(menu, "Targets\n") == targets
    assert listed(menu, "Variables, with their defaults\n") == variables
    assert menu == run_command(["make", "help"]).stdout


def test_environment_does_not_change_the_menu():
    stray = {"ENV": "x", "PORT": "x", "STAGE": "x", "IMAGE": "x", "TAG": "x", "DB": "x", "BASE": "x", "ENGINE": "x"}
    assert run_command(["make", "help"], env=stray).stdout == run_command(["make", "help"]).stdout


def test_unknown_variable_is_refused():
    result = run_command(["make", "run", "PROT=5001"], check=False)
    assert result.returncode != 0
    assert "there is no variable PROT; 'make help' lists the variables" in result.stderr


def test_context_is_named_as_env():
    """The lab's name for it."""
    result = run_command(["make", "run", "CONTEXT=DEV"], check=False)
    assert result.returncode != 0
    assert "there is no variable CONTEXT; use ENV=DEV" in result.stderr


@pytest.mark.parametrize(
    ("variables", "line"),
    [
        ({"STAGE": "v9"}, "error: STAGE=v9 is not valid; use one of: "),
        ({"STAGE": "ubuntu-sleep", "TARGET": "awake"}, "error: TARGET=awake is not valid; use one of: bare sleep"),
        ({"STAGE": "v0.2", "TARGET": "bare"}, "error: STAGE=v0.2 has no targets; leave out TARGET"),
        ({"ENV": "dev"}, "error: ENV=dev is not valid; use one of: PROD DEV"),
        ({"DB": "oracle"}, "error: DB=oracle is not valid; use one of: sqlite"),
        ({"ENGINE": "lxc"}, "error: ENGINE=lxc is not valid; use one of: auto docker podman local"),
        ({"BASE": "alpine"}, "error: BASE=alpine is not valid; use one of: auto hub debian"),
        ({"PORT": "http"}, "error: PORT=http is not a port; give a number from 1 to 65535"),
        ({"PORT": "65536"}, "error: PORT=65536 is not a port; give a number from 1 to 65535"),
        ({"SETTINGS": "nowhere"}, "error: can't read SETTINGS=nowhere; give a file of NAME=VALUE lines"),
        ({"STAGE": "v0.2", "SETTINGS": ".env.example"}, "error: STAGE=v0.2 has no settings; leave out SETTINGS"),
        ({"STAGE": "v0.2", "ENV": "DEV"}, "error: STAGE=v0.2 has no ENV=DEV"),
        (
            {"BIND": "203.0.113.7"},
            "error: BIND=203.0.113.7 is not an address of this machine; use 127.0.0.1 or 0.0.0.0",
        ),
    ],
)
def test_invalid_value_is_refused_in_one_line(make, variables, line):
    result = make("run", check=False, **({"PORT": free_port()} | variables))
    assert result.returncode != 0
    errors = [text for text in result.stderr.splitlines() if text.startswith("error: ")]
    assert len(errors) == 1
    assert errors[0].startswith(line)


def test_run_prints_engine_commands_and_address(make, project):
    port = free_port()
    result = make("run", STAGE="v0.2", PORT=port)
    assert f"\n+ docker build -t {project}:v0.2 -f docker/v0.2/Dockerfile" in "\n" + result.stderr
    assert f"\n+ docker run -d --name {project}-{port}" in result.stderr
    assert result.stdout.splitlines()[-1] == f"Microblog (v0.2, PROD) answers: http://localhost:{port}"
    assert get(f"http://localhost:{port}/").status == 200
    assert f"+ docker stop {project}-{port}" in make("stop", PORT=port).stderr
    assert get(f"http://localhost:{port}/") is None


def test_build_names_its_builder(builder, make, project):
    env = {"DOCKER_BUILDKIT": "0"} if builder.builder == "legacy" else {}
    built = make("build", STAGE="ubuntu-sleep", DOCKER=builder.cli, env=env).stdout.splitlines()[-1]
    assert built.startswith(f"Built {project}:ubuntu-sleep on ")
    assert built.endswith(" with the legacy builder" if builder.builder == "legacy" else " with BuildKit")


@pytest.mark.parametrize("setting", ["PIP_INDEX_URL", "APT_MIRROR"])
@pytest.mark.parametrize("user", ["user:hunter2", "hunter2", "user:hun@ter2", "user:hun/ter2", ":hunter2"])
def test_mirror_with_a_password_is_refused_before_a_build(make, setting, user):
    """An image would keep it in a layer. Neither builder can pass it by: the legacy one has no secrets."""
    result = make("build", STAGE="v0.2", BASE="debian", check=False, **{setting: f"http://{user}@index.example/simple"})
    assert result.returncode != 0
    errors = [line for line in result.stderr.splitlines() if line.startswith("error: ")]
    assert len(errors) == 1
    assert errors[0].startswith(f"error: {setting} holds a user name or a password, which images would keep for good")
    assert "ter2" not in result.stdout + result.stderr
    assert "docker build" not in result.stderr


def test_run_refuses_a_taken_port_before_building(make):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        result = make("run", STAGE="v0.2", PORT=port, check=False)
    assert result.returncode != 0
    assert f"error: another program uses port {port}; choose another: PORT={port + 1}" in result.stderr
    assert "docker build" not in result.stderr


def port_free(address, port, before=""):
    """Calls scripts/port-free, after the Python statements `before`; returns its status and what it printed."""
    call = f"import runpy, socket\n{before}\nrunpy.run_path('scripts/port-free', run_name='__main__')"
    result = run_command([sys.executable, "-c", call, address, port], check=False)
    return result.returncode, result.stdout + result.stderr


@pytest.fixture
def ipv6_port():
    """A port on which a program listens for IPv6 only, as Node's development servers do."""
    try:
        listener = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError:
        pytest.skip("this machine has no IPv6")
    with listener:
        yield listener.getsockname()[1]


def test_port_taken_on_the_other_address_of_localhost_is_not_free(ipv6_port):
    remedy = f"choose another: PORT={ipv6_port + 1}"
    line = f"error: another program uses port {ipv6_port} on ::1, which localhost may mean; {remedy}\n"
    assert port_free("127.0.0.1", ipv6_port) == (1, line)


def test_port_taken_on_ipv6_is_free_on_another_ipv4_address(ipv6_port):
    assert port_free("127.0.0.2", ipv6_port) == (0, "")


def test_address_alone_is_checked_for_port_0():
    assert port_free("127.0.0.1", 0, "socket.create_connection = None") == (0, "")


def test_port_is_free_on_a_machine_without_ipv6():
    without_ipv6 = "def fail(*_): raise socket.gaierror\nsocket.getaddrinfo = fail; del socket.AF_INET6"
    assert port_free("127.0.0.1", free_port(), without_ipv6) == (0, "")


def test_run_without_python_says_how_to_install_it(make, without):
    environment = without("python3")
    put_command(environment, "id", "echo 1000")  # root on Debian would install it
    result = make("run", STAGE="v0.2", PORT=free_port(), env=environment, check=False)
    assert result.returncode != 0
    line = "error: python3 is missing; install it (on Debian or Ubuntu: sudo apt-get install -y python3)"
    assert line in result.stderr.splitlines()
    assert "docker build" not in result.stderr


@pytest.mark.parametrize("stage", ["ubuntu-sleep", "v0.2", "healthcheck"])
def test_stage_without_the_application_can_not_be_tested(make, stage):
    result = make("test", STAGE=stage, check=False)
    assert result.returncode != 0
    assert f"error: STAGE={stage} does not hold the application, so it has nothing to test" in result.stderr


@pytest.mark.parametrize(("database", "way"), [("mysql", "ed25519"), ("mariadb", "parsec")])
def test_unknown_authentication_of_the_database_is_refused(make, database, way):
    result = make("test", DB=database, DB_AUTH=way, check=False)
    assert result.returncode != 0
    assert f"error: DB={database} DB_AUTH={way} is not valid; leave out DB_AUTH, or use " in result.stderr


def test_dev_refuses_other_addresses(make):
    result = make("run", ENV="DEV", BIND="0.0.0.0", PORT=free_port(), check=False)
    assert result.returncode != 0
    assert "error: ENV=DEV listens on 127.0.0.1 or ::1 only: its debugger runs code for anyone" in result.stderr


def test_run_shows_the_log_of_an_instance_that_ends(tree, project, engine):
    (tree / "docker/ends").mkdir()
    lines = ("ARG BASE_IMAGE=debian:trixie-slim", "FROM ${BASE_IMAGE}", "CMD echo 'out of flour'; exit 3")
    (tree / "docker/ends/Dockerfile").write_text("\n".join(lines))
    port = free_port()
    assigned = [f"IMAGE={project}", "STAGE=ends", f"PORT={port}"]
    result = run_command(["make", "run", *assigned], cwd=tree, check=False)
    engine("rm", "-f", f"{project}-{port}", check=False)
    assert result.returncode != 0
    assert "out of flour" in result.stderr
    assert f"error: {project}-{port} ended with exit status 3; see its last log lines above" in result.stderr


def test_commands_report_a_missing_instance(make):
    port = free_port()
    line = f"There is no instance at PORT={port}; 'make ps' lists the instances, 'make run' starts one"
    assert line in make("stop", PORT=port).stderr
    for target in ("restart", "logs", "shell"):
        result = make(target, PORT=port, check=False)
        assert result.returncode != 0
        assert line in result.stderr


def test_instance_can_be_restarted_listed_and_entered(make, instance):
    container = instance(STAGE="v0.2")
    assert (
        make("restart", PORT=container.port)
        .stdout.splitlines()[-1]
        .endswith(f"answers: http://localhost:{container.port}")
    )
    assert container.name in make("ps").stdout
    assert "Serving Flask app" in make("logs", PORT=container.port).stdout
    assert "microblog.py" in make("shell", PORT=container.port, stdin="ls /app\n").stdout
    assert "v0.2" in make("images").stdout


def test_scripts_that_files_mention_exist():
    pattern = r"(^|[^/[:alnum:]_])scripts/[a-z][a-z-]*(\.sh)?"
    found = run_command(["git", "grep", "-hoE", pattern, "--", ".", ":!CHANGELOG.md"]).stdout.split()
    names = {text[text.index("scripts/") :] for text in found if "scripts/" in text}
    assert {"scripts/build", "scripts/db"} < names
    assert [name for name in sorted(names) if not (ROOT / name).exists()] == []
