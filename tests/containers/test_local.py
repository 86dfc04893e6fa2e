"""ENGINE=local, and a machine without an engine: the same commands, in a virtual environment."""

import subprocess
from pathlib import Path

import pytest
from engine import LABEL, ROOT, free_port, get, put_command, run_command, wait_until
from visitor import Visitor


@pytest.fixture
def local(make):
    """local(ENV="DEV"): what `make run ENGINE=local` starts; returns its port. Stopped afterwards, its data removed."""
    ports = []

    def local(**variables):
        ports.append(variables.setdefault("PORT", free_port()))
        make("run", ENGINE="local", **variables)
        return variables["PORT"]

    yield local
    for port in ports:
        make("stop", ENGINE="local", PORT=port, check=False)
        run_command(["rm", "-rf", ROOT / "instance" / str(port)])


def processes(port) -> list[str]:
    """The command lines on this machine whose environment bears this instance's cookie."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if f"SESSION_COOKIE_NAME=microblog_{port}\0".encode() in (folder / "environ").read_bytes():
                found.append((folder / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:  # ended meanwhile, or another's
            continue
    return found


def test_an_instance_runs_serves_people_keeps_their_data_and_ends_without_a_trace(make, local):
    port = local()
    site = f"http://localhost:{port}"
    susan = Visitor()
    susan.register(site, "susan")
    assert any("gunicorn" in line for line in processes(port))

    make("restart", ENGINE="local", PORT=port)
    assert susan.is_signed_in(site, "susan")
    assert f"PORT={port} " in make("ps", ENGINE="local").stdout
    assert "gunicorn" in make("logs", ENGINE="local", PORT=port).stdout

    assert make("stop", ENGINE="local", PORT=port).stdout == f"Stopped the instance at PORT={port}\n"
    assert get(site) is None
    assert processes(port) == []


def test_instances_run_side_by_side_each_with_its_own_people(local):
    susan = Visitor()
    sites = [f"http://localhost:{local()}" for _ in range(2)]
    for site, name in zip(sites, ["susan", "david"], strict=True):
        susan.register(site, name)
    assert susan.is_signed_in(sites[0], "susan")
    assert susan.is_signed_in(sites[1], "david")


def test_settings_come_from_a_file_as_they_stand_there_with_an_engine_and_without(local, instance, tmp_path):
    settings = tmp_path / "settings"
    settings.write_text(
        "# Ours; PORT is Compose's.\nPORT=1\nSESSION_COOKIE_NAME=ours\nSITE_URL=https://blog.example\n"
        "APP_ENVIRONMENT=DEV\nBIND=127.0.0.1:1\nDATA_DIR=/nowhere\n"
        "MAIL_DEFAULT_SENDER=Microblog <noreply@blog.example>"
    )
    port = local(SETTINGS=settings)
    number = run_command(["scripts/local-process", "pid", f"instance/{port}/pid"]).stdout.strip()
    container = instance(SETTINGS=settings)
    processes = Path("/proc", number, "environ").read_text(), container.exec("cat", "/proc/1/environ")
    for site, environment in zip((f"http://localhost:{port}", container.url), processes, strict=True):
        cookie = get(f"{site}/auth/login").headers["Set-Cookie"]
        assert cookie.startswith("ours=")
        assert "Secure;" in cookie
        # Also the last one, whose line does not end.
        assert "MAIL_DEFAULT_SENDER=Microblog <noreply@blog.example>" in environment.split("\0")
        # Not those that are make's: a file must not publish DEV's debugger, say.
        assert "APP_ENVIRONMENT=PROD" in environment.split("\0")


def test_dev_reloads_and_stop_ends_the_reloader_and_its_child(make, local):
    port = local(ENV="DEV")
    assert any("flask run --debug" in line for line in processes(port))
    make("stop", ENGINE="local", PORT=port)
    assert processes(port) == []


def test_an_instance_that_can_not_start_ends_with_its_last_lines_and_leaves_nothing(make):
    port = free_port()
    result = make("run", ENGINE="local", PORT=port, check=False, env={"SECRET_KEY": "changeme"})
    run_command(["rm", "-rf", ROOT / "instance" / str(port)])
    assert result.returncode != 0
    assert "SECRET_KEY is a known placeholder" in result.stderr
    assert f"error: the instance at PORT={port} did not answer; its last lines are above" in result.stderr
    assert processes(port) == []


@pytest.mark.parametrize(
    ("variables", "line"),
    [
        ({"STAGE": "v0.2"}, "error: STAGE=v0.2 is a lesson about containers and has no ENGINE=local; "),
        ({"DB": "mariadb"}, "error: DB=mariadb runs in a container, which ENGINE=local has not; leave DB out"),
    ],
)
def test_what_needs_a_container_is_refused_in_one_line(make, variables, line):
    result = make("run", ENGINE="local", check=False, PORT=free_port(), **variables)
    assert result.returncode != 0
    assert next(text for text in result.stderr.splitlines() if text.startswith("error: ")).startswith(line)


def test_a_process_id_that_is_now_somebody_elses_is_left_alone(make):
    port = free_port()
    place = ROOT / "instance" / str(port)
    place.mkdir(parents=True)
    with subprocess.Popen(["sleep", "60"]) as bystander:
        (place / "pid").write_text(str(bystander.pid))
        result = make("stop", ENGINE="local", PORT=port)
        assert bystander.poll() is None
        bystander.kill()
    run_command(["rm", "-rf", place])
    assert f"There is no instance at PORT={port}" in result.stderr


def test_without_an_engine_run_says_so_and_needs_none(make, local, without):
    port = free_port()
    result = make("run", PORT=port, env=without("docker", "podman"))
    local(PORT=port)
    assert "No container engine answers: running without a container (ENGINE=local)." in result.stderr
    assert result.stdout.splitlines()[-1].startswith("Microblog (PROD, not in a container) answers: ")


@pytest.mark.parametrize(
    ("variables", "line"),
    [
        (
            {"ENGINE": "docker"},
            "error: there is no docker command here; "
            "install Docker (sudo apt-get install -y docker.io), or use ENGINE=local",
        ),
        (
            {"ENGINE": "podman"},
            "error: there is no podman here; "
            "install it (sudo apt-get install -y podman), or use ENGINE=docker or ENGINE=local",
        ),
    ],
)
def test_an_engine_that_was_asked_for_and_is_not_there_is_one_line(make, without, variables, line):
    result = make("run", PORT=free_port(), check=False, env=without("docker", "podman"), **variables)
    assert result.returncode != 0
    assert line in result.stderr.splitlines()


def test_an_engine_that_does_not_answer_is_one_line(make):
    elsewhere = {"DOCKER_HOST": "unix:///nonexistent/docker.sock"}
    result = make("run", ENGINE="docker", PORT=free_port(), check=False, env=elsewhere)
    assert result.returncode != 0
    assert "error: Docker's engine does not answer; start it (sudo systemctl start docker), or use ENGINE=local" in (
        result.stderr.splitlines()
    )


def test_a_python_without_venv_is_one_line_for_whoever_may_not_install(without, tree):
    environment = without("docker", "podman")
    put_command(environment, "id", "echo 1000")
    real = run_command(["python3", "-c", "import sys; print(sys.executable)"]).stdout.strip()
    put_command(environment, "python3", f'case "$*" in *ensurepip*) exit 1 ;; esac; exec {real} "$@"')
    result = run_command(["make", "run", f"PORT={free_port()}"], env=environment, cwd=tree, check=False)
    assert result.returncode != 0
    errors = [line for line in result.stderr.splitlines() if line.startswith("error: ")]
    assert len(errors) == 1
    assert "can't make a virtual environment; install what is missing: sudo apt-get install -y python3" in errors[0]


def test_a_bare_debian_needs_git_make_and_python_only(any_builder, base, project, start, tree, tmp_path):
    """Root on Debian, whose python3 can't make virtual environments as it comes: that is installed, and said."""
    context = tmp_path / "debian"
    context.mkdir()
    (context / "Dockerfile").write_text(
        "ARG BASE_IMAGE\nFROM ${BASE_IMAGE}\n"
        "RUN apt-get update && apt-get install -y --no-install-recommends git make python3\n"
    )
    image = f"{project}:bare-debian"
    arguments = ["--build-arg", f"BASE_IMAGE={base('v0.2')}", "--label", f"{LABEL}={project}"]
    any_builder("build", "-t", image, *arguments, context)
    machine = start(image, "sleep", "3600", options=["--init", "-v", f"{tree}:/microblog", "-w", "/microblog"])
    result = any_builder("exec", machine.name, "make", "run")
    assert "Installing python3.13-venv from the distribution's archive" in result.stderr
    assert "Microblog (PROD, not in a container) answers: http://localhost:5000" in result.stdout
    page = machine.exec("python3", "-c", "import urllib.request as r; print(r.urlopen('http://localhost:5000').status)")
    assert page.strip() == "200"
    machine.exec("make", "stop")
    assert not [line for line in wait_until(machine.processes) if "gunicorn" in line]


def test_clean_removes_the_environments_and_keeps_data_unless_named(tree):
    for name in (".venv", ".venv-host", ".venv-bench", "instance/5000", "instance/5001"):
        (tree / name).mkdir(parents=True)
    run_command(["make", "clean", "ENGINE=local"], cwd=tree)
    assert sorted(p.name for p in tree.glob(".venv*")) == []
    assert sorted(p.name for p in (tree / "instance").iterdir()) == ["5000", "5001"]
    run_command(["make", "clean", "ENGINE=local", "DATA=5000"], cwd=tree)
    assert sorted(p.name for p in (tree / "instance").iterdir()) == ["5001"]
