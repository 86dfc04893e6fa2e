"""ENGINE=local: the same commands in a virtual environment, with and without an engine on the machine."""

import os
import subprocess
from pathlib import Path

import pytest
from engine import LABEL, ROOT, free_port, get, put_command, run_command, wait_until
from visitor import Visitor


@pytest.fixture
def local(make):
    """local(ENV="DEV"): starts an instance with `make run ENGINE=local` and returns its port.

    It is stopped after the test and its data are removed.
    """
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
    """Returns the command lines of this machine's processes that have this instance's cookie in their environment."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if f"SESSION_COOKIE_NAME=microblog_{port}\0".encode() in (folder / "environ").read_bytes():
                found.append((folder / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:  # it has ended, or belongs to another user
            continue
    return found


def test_instance_serves_restarts_and_stops(make, local):
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


def test_data_are_readable_by_their_owner_alone(make, local):
    """On a shared machine. Started again, `run` closes folders that an earlier version has left open."""
    former = os.umask(0o022)
    try:
        port = local()
        Visitor().register(f"http://localhost:{port}", "susan")
        place = ROOT / "instance" / str(port)
        files = [path for path in place.rglob("*") if path.is_file()]
        assert {"app.db", "log", "secret_key"} <= {path.name for path in files}
        assert [path for path in files if path.stat().st_mode & 0o077] == []
        for folder in (place, place.parent):
            folder.chmod(0o755)
        make("restart", ENGINE="local", PORT=port)
        assert [folder.stat().st_mode & 0o777 for folder in (place, place.parent)] == [0o700] * 2
    finally:
        os.umask(former)


def test_instances_have_separate_data_and_sessions(local):
    susan = Visitor()
    sites = [f"http://localhost:{local()}" for _ in range(2)]
    for site, name in zip(sites, ["susan", "david"], strict=True):
        susan.register(site, name)
    assert susan.is_signed_in(sites[0], "susan")
    assert susan.is_signed_in(sites[1], "david")


def test_settings_file_means_the_same_with_and_without_an_engine(local, instance, tmp_path):
    settings = tmp_path / "settings"
    settings.write_text(
        "# PORT is for Compose.\nPORT=1\nexport SESSION_COOKIE_NAME=ours\n SITE_URL='https://blog.example'\r\n"
        "APP_ENVIRONMENT=DEV\nBIND=127.0.0.1:1\nDATA_DIR=/nowhere\nTRANSLATE_KEY='two  blanks, $x'\n"
        "MAIL_DEFAULT_SENDER=Microblog <noreply@blog.example>"
    )
    port = local(SETTINGS=settings)
    number = run_command(["python3", "scripts/local-process", "pid", f"instance/{port}/pid"]).stdout.strip()
    container = instance(SETTINGS=settings)
    processes = Path("/proc", number, "environ").read_text(), container.exec("cat", "/proc/1/environ")
    for site, environment in zip((f"http://localhost:{port}", container.url), processes, strict=True):
        cookie = get(f"{site}/auth/login").headers["Set-Cookie"]
        assert cookie.startswith("ours=")
        assert "Secure;" in cookie
        assert "TRANSLATE_KEY=two  blanks, $x" in environment.split("\0")
        # The last line, which has no newline.
        assert "MAIL_DEFAULT_SENDER=Microblog <noreply@blog.example>" in environment.split("\0")
        # The file does not override what make sets: it must not publish DEV's debugger.
        assert "APP_ENVIRONMENT=PROD" in environment.split("\0")


def test_stop_ends_the_reloader_of_dev_and_its_child(make, local):
    port = local(ENV="DEV")
    assert any("flask run --debug" in line for line in processes(port))
    make("stop", ENGINE="local", PORT=port)
    assert processes(port) == []


def test_run_shows_the_log_of_an_instance_that_can_not_start(make):
    port = free_port()
    result = make("run", ENGINE="local", PORT=port, check=False, env={"SECRET_KEY": "changeme"})
    run_command(["rm", "-rf", ROOT / "instance" / str(port)])
    assert result.returncode != 0
    assert "SECRET_KEY is a known placeholder" in result.stderr
    assert f"error: the instance at PORT={port} did not answer; see its last log lines above" in result.stderr
    assert processes(port) == []


@pytest.mark.parametrize(
    ("variables", "line"),
    [
        ({"STAGE": "v0.2"}, "error: STAGE=v0.2 needs a container, so it has no ENGINE=local; "),
        ({"DB": "mariadb"}, "error: DB=mariadb needs a container, so it has no ENGINE=local; leave out DB"),
    ],
)
def test_what_needs_a_container_is_refused(make, variables, line):
    result = make("run", ENGINE="local", check=False, PORT=free_port(), **variables)
    assert result.returncode != 0
    assert next(text for text in result.stderr.splitlines() if text.startswith("error: ")).startswith(line)


def test_stop_spares_an_unrelated_process_with_the_same_id(make):
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


def test_run_without_an_engine_falls_back_to_local(make, local, without):
    port = free_port()
    result = make("run", PORT=port, env=without("docker", "podman"))
    local(PORT=port)
    assert "No container engine answers; running without a container (ENGINE=local)." in result.stderr
    assert result.stdout.splitlines()[-1].startswith("Microblog (PROD, not in a container) answers: ")


@pytest.mark.parametrize(
    ("variables", "line"),
    [
        (
            {"ENGINE": "docker"},
            "error: there is no docker command; "
            "install Docker (on Debian or Ubuntu: sudo apt-get install -y docker.io), or use ENGINE=local",
        ),
        (
            {"ENGINE": "podman"},
            "error: there is no podman command; "
            "install it (on Debian or Ubuntu: sudo apt-get install -y podman), or use ENGINE=docker or ENGINE=local",
        ),
    ],
)
def test_missing_engine_is_reported_in_one_line(make, without, variables, line):
    result = make("run", PORT=free_port(), check=False, env=without("docker", "podman"), **variables)
    assert result.returncode != 0
    assert line in result.stderr.splitlines()


def test_stopped_engine_is_reported_in_one_line(make):
    elsewhere = {"DOCKER_HOST": "unix:///nonexistent/docker.sock"}
    result = make("run", ENGINE="docker", PORT=free_port(), check=False, env=elsewhere)
    assert result.returncode != 0
    line = (
        "error: the Docker daemon does not answer; "
        "start it (sudo systemctl start docker, or Docker Desktop), or use ENGINE=local"
    )
    assert line in result.stderr.splitlines()


def test_python_without_venv_is_reported_to_an_unprivileged_user(without, tree):
    environment = without("docker", "podman")
    put_command(environment, "id", "echo 1000")
    real = run_command(["python3", "-c", "import sys; print(sys.executable)"]).stdout.strip()
    put_command(environment, "python3", f'case "$*" in *ensurepip*) exit 1 ;; esac; exec {real} "$@"')
    result = run_command(["make", "run", f"PORT={free_port()}"], env=environment, cwd=tree, check=False)
    assert result.returncode != 0
    errors = [line for line in result.stderr.splitlines() if line.startswith("error: ")]
    assert len(errors) == 1
    assert (
        "can't create virtual environments; install venv (on Debian or Ubuntu: sudo apt-get install -y python3"
        in errors[0]
    )


@pytest.mark.thorough
def test_root_on_debian_needs_only_git_make_and_python(any_builder, base, project, start, tree, tmp_path):
    """`make run` installs venv, which Debian's python3 lacks."""
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


def test_clean_removes_environments_and_only_named_data(tree):
    for name in (".venv", ".venv-host", ".venv-bench", "instance/5000", "instance/5001"):
        (tree / name).mkdir(parents=True)
    for name in (".venv-host", ".venv-bench"):
        (tree / name / ".made-of").touch()
    run_command(["make", "clean", "ENGINE=local"], cwd=tree)
    assert sorted(p.name for p in tree.glob(".venv*")) == [".venv"]  # make did not create this one
    assert sorted(p.name for p in (tree / "instance").iterdir()) == ["5000", "5001"]
    run_command(["make", "clean", "ENGINE=local", "DATA=5000"], cwd=tree)
    assert sorted(p.name for p in (tree / "instance").iterdir()) == ["5001"]


@pytest.mark.parametrize("name", ["../precious", "..", ".", "/", "5000/..", "secrets", "backups"])
def test_clean_removes_no_folder_but_an_instance_s(tree, name):
    kept = ["precious", "instance/5000", "instance/secrets", "instance/backups"]
    for folder in kept:
        (tree / folder).mkdir(parents=True)
    result = run_command(["make", "clean", "ENGINE=local", f"DATA={name}"], cwd=tree, check=False)
    assert f"error: DATA={name} is not the name of an instance's folder" in result.stderr
    assert [folder for folder in kept if not (tree / folder).is_dir()] == []
