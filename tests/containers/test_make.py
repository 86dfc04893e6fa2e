"""The menu and its errors: what people type, what they see."""

import re
import socket

import pytest
from engine import LABEL, ROOT, free_port, get, put_command, run_command


def listed(text, heading):
    """The first words of the lines under a heading of the menu."""
    section = text.split(heading)[1].split("\n\n")[0]
    return re.findall(r"^  ([A-Za-z-]+)", section, re.MULTILINE)


def test_make_alone_prints_every_target_and_variable(make):
    menu = run_command(["make"]).stdout
    makefile = (ROOT / "Makefile").read_text()
    targets = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)[1].split()
    variables = re.search(r"^VARIABLES = (.*)$", makefile, re.MULTILINE)[1].split()
    assert listed(menu, "Targets\n") == targets
    assert listed(menu, "Variables, with their defaults\n") == variables
    assert menu == run_command(["make", "help"]).stdout


def test_the_menu_names_every_stage_there_is_in_course_order(make):
    folders = {p.name for p in (ROOT / "docker").iterdir() if (p / "Dockerfile").is_file()}
    line = next(line for line in make("help").stdout.splitlines() if line.startswith("  STAGE "))
    assert set(line.split("docker/: ")[1].split()) == folders


def test_a_stray_variable_of_the_shell_changes_nothing(make):
    stray = {"ENV": "x", "PORT": "x", "STAGE": "x", "IMAGE": "x", "TAG": "x", "DB": "x", "BASE": "x", "ENGINE": "x"}
    assert run_command(["make", "help"], env=stray).stdout == run_command(["make", "help"]).stdout


def test_an_unknown_variable_is_refused_before_anything_runs():
    result = run_command(["make", "run", "PROT=5001"], check=False)
    assert result.returncode != 0
    assert "there is no variable PROT; 'make help' lists them" in result.stderr


@pytest.mark.parametrize(
    ("variables", "line"),
    [
        ({"STAGE": "v9"}, "error: STAGE=v9 is not known; it is one of: "),
        ({"STAGE": "ubuntu-sleep", "TARGET": "awake"}, "error: TARGET=awake is not known; it is one of: bare sleep"),
        ({"STAGE": "v0.2", "TARGET": "bare"}, "error: STAGE=v0.2 has no targets to choose from; leave TARGET out"),
        ({"ENV": "dev"}, "error: ENV=dev is not known; it is one of: PROD DEV"),
        ({"DB": "oracle"}, "error: DB=oracle is not known; it is one of: sqlite"),
        ({"ENGINE": "lxc"}, "error: ENGINE=lxc is not known; it is one of: auto docker podman local"),
        ({"BASE": "alpine"}, "error: BASE=alpine is not known; it is one of: auto hub debian"),
        ({"PORT": "http"}, "error: PORT=http is no port; give a number from 1 to 65535"),
        ({"PORT": "65536"}, "error: PORT=65536 is no port; give a number from 1 to 65535"),
        ({"SETTINGS": "nowhere"}, "error: SETTINGS=nowhere can't be read; give a file of lines NAME=VALUE"),
        ({"STAGE": "v0.2", "SETTINGS": ".env.example"}, "error: STAGE=v0.2 has no settings; leave SETTINGS out"),
        ({"STAGE": "v0.2", "ENV": "DEV"}, "error: STAGE=v0.2 has no ENV=DEV"),
        ({"BIND": "203.0.113.7"}, "error: BIND=203.0.113.7 is no address of this machine; use 127.0.0.1 or 0.0.0.0"),
    ],
)
def test_a_value_that_is_not_known_is_refused_in_one_line(make, variables, line):
    result = make("run", check=False, **({"PORT": free_port()} | variables))
    assert result.returncode != 0
    errors = [text for text in result.stderr.splitlines() if text.startswith("error: ")]
    assert len(errors) == 1
    assert errors[0].startswith(line)


def test_run_prints_the_engines_own_commands_and_the_address(make, project):
    port = free_port()
    result = make("run", STAGE="v0.2", PORT=port)
    assert f"\n+ docker build -t {project}:v0.2 -f docker/v0.2/Dockerfile" in "\n" + result.stderr
    assert f"\n+ docker run -d --name {project}-{port}" in result.stderr
    assert result.stdout.splitlines()[-1] == f"Microblog (v0.2, PROD) answers: http://localhost:{port}"
    assert get(f"http://localhost:{port}/").status == 200
    assert f"+ docker stop {project}-{port}" in make("stop", PORT=port).stderr
    assert get(f"http://localhost:{port}/") is None


def test_a_port_that_is_taken_is_one_line_before_anything_is_built(make):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        result = make("run", STAGE="v0.2", PORT=port, check=False)
    assert result.returncode != 0
    assert f"error: port {port} is taken by another program; choose another: PORT={port + 1}" in result.stderr
    assert "docker build" not in result.stderr


def test_without_python_run_says_how_to_get_it_before_anything_is_built(make, without):
    environment = without("python3")
    put_command(environment, "id", "echo 1000")  # for root on Debian it would be installed
    result = make("run", STAGE="v0.2", PORT=free_port(), env=environment, check=False)
    assert result.returncode != 0
    assert "error: python3 is missing; install it: sudo apt-get install -y python3" in result.stderr.splitlines()
    assert "docker build" not in result.stderr


@pytest.mark.parametrize("stage", ["ubuntu-sleep", "v0.2", "healthcheck"])
def test_a_stage_without_the_application_has_nothing_to_test(make, stage):
    result = make("test", STAGE=stage, check=False)
    assert result.returncode != 0
    assert f"error: STAGE={stage} does not hold the application, so it has nothing to test" in result.stderr


def test_dev_listens_on_this_machine_only(make):
    result = make("run", ENV="DEV", BIND="0.0.0.0", PORT=free_port(), check=False)
    assert result.returncode != 0
    assert "error: ENV=DEV listens on 127.0.0.1 only: its debugger runs code for whoever reaches it" in result.stderr


def test_an_instance_that_ends_is_reported_with_its_last_lines(tree, project, engine):
    (tree / "docker/v0.2/boot.sh").write_text("#!/bin/sh\necho 'no flour left'\nexit 3\n")
    port = free_port()
    assigned = [f"IMAGE={project}", "STAGE=v0.2", "TAG=ends", f"PORT={port}"]
    result = run_command(["make", "run", *assigned], cwd=tree, check=False)
    engine("rm", "-f", f"{project}-{port}", check=False)
    assert result.returncode != 0
    assert "no flour left" in result.stderr
    assert f"error: {project}-{port} ended, exit status 3; its last lines are above" in result.stderr


def test_what_is_not_there_is_said(make):
    port = free_port()
    line = f"There is no instance at PORT={port}; 'make ps' lists those that are, 'make run' starts one"
    assert line in make("stop", PORT=port).stderr
    for target in ("restart", "logs", "shell"):
        result = make(target, PORT=port, check=False)
        assert result.returncode != 0
        assert line in result.stderr


def test_an_instance_is_restarted_looked_at_and_entered(make, instance):
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


def test_clean_removes_what_this_project_made_and_data_only_by_name(engine, make, project):
    mine = f"{project}-clean"
    volumes = [f"{mine}-1", f"{mine}-2"]
    for name in volumes:
        engine("volume", "create", "--label", f"{LABEL}={mine}", name)
    engine("build", "-q", "-t", f"{mine}:x", "-", stdin=f"FROM scratch\nLABEL {LABEL}={mine}\n")
    result = make("clean", IMAGE=mine)
    assert not engine.exists("image", f"{mine}:x")
    assert f"Kept the data in: {volumes[0]} {volumes[1]} (remove one: make clean DATA=name)" in result.stderr
    make("clean", IMAGE=mine, DATA=volumes[0])
    assert [engine.exists("volume", name) for name in volumes] == [False, True]
    make("clean", IMAGE=mine, DATA=volumes[1])


def test_clean_removes_images_that_stand_on_one_another(engine, make, project):
    mine = f"{project}-tower"
    below = "scratch"
    for number in range(4):
        content = f"FROM {below}\nLABEL {LABEL}={mine} floor={number}\n"
        below = f"{mine}:{number}"
        engine("build", "-q", "-t", below, "-", stdin=content)
    make("clean", IMAGE=mine)
    assert not engine("images", "-q", "--filter", f"label={LABEL}={mine}").stdout
