"""Scripts that wait say for what, and end by themselves. None of these tests needs an engine."""

import os
import signal
import subprocess

import pytest
from engine import ROOT, free_port, put_command, run_command, wait_until

OFFICIAL = "python:3.13-slim-trixie"
HANG = "exec tail -f /dev/null"
ABSENT = "'image inspect'*) exit 1 ;;"
# The label of a stand-in that these scripts made.
RECIPE = "cd docker/support/base; cat bootstrap slim customize | cksum | tr ' ' -"


@pytest.fixture
def at_once(without):
    """at_once(3, 900): an environment in which waits of so many seconds end at once."""

    def at_once(*seconds):
        environment = without()
        put_command(environment, "sleep", f"case $1 in {'|'.join(map(str, seconds))}) exit ;; esac", "sleep")
        return environment

    return at_once


@pytest.fixture
def said(tmp_path):
    """A file for standard error, and a line of shell that waits until it has a text: said, until."""
    file = tmp_path / "said"
    until = "n=0; until grep -q '{}' '" + str(file) + "' || [ $((n += 1)) -gt 100 ]; do sleep 0.1; done"
    return file, until.format


def call(stubbed, script, *arguments, env=None, to=None):
    """Runs a script with the docker command of `stubbed`, its errors in the file `to`; the completed process."""
    variables = {name: str(value) for name, value in stubbed[0].items()} | {"IMAGE": "microblog-stub"} | (env or {})
    variables |= {"chosen_cli": variables["DOCKER"], "client_version": "28.5.2"}  # as if the engine had been asked
    command = f'sh "$@"{f" 2>{to}" if to else ""}'
    return run_command(["sh", "-c", command, "sh", script, *arguments], check=False, env=variables, timeout=40)


def test_bounded_command_ends_with_an_interrupted_script(without, tmp_path):
    environment = without()
    put_command(environment, "sleep", f"[ $1 != 60 ] || touch {tmp_path}/watched", "sleep")
    command = f"until [ -e {tmp_path}/watched ]; do sleep 0.1; done; echo started; {HANG}"
    script = f'. scripts/lib.sh; bounded 60 sh -c "{command}"'
    options = {"cwd": ROOT, "env": os.environ | environment, "stdout": subprocess.PIPE, "start_new_session": True}
    with subprocess.Popen(["sh", "-c", script], **options) as process:
        assert process.stdout.readline() == b"started\n"
        os.killpg(process.pid, signal.SIGINT)
        assert process.communicate(timeout=20)[0] == b""  # nothing holds the pipe any more


def test_bounded_command_that_ends_at_once_leaves_no_timer():
    seconds = 100_000 + os.getpid()
    run_command(["sh", "-c", f". scripts/lib.sh; for n in $(seq 100); do bounded {seconds} true; done"])
    wait_until(lambda: f"sleep {seconds}" not in run_command(["ps", "-A", "-o", "args"]).stdout, 10, "the timers' end")


def test_pull_that_takes_long_is_announced(stub, at_once, said):
    file, until = said
    stubbed = stub(f"{ABSENT}\n    pull*) {until('Pulling')} ;;")
    result = call(stubbed, "scripts/pick-base", OFFICIAL, env=at_once(3), to=file)
    assert result.stdout == f"{OFFICIAL}\n"
    assert file.read_text().splitlines() == [
        f"Pulling {OFFICIAL} from Docker Hub, for up to 15 minutes; to do without: BASE=debian",
        f"Base image: {OFFICIAL}, the official image",
    ]


def test_pull_that_fails_at_once_is_not_announced(stub):
    stubbed = stub(f"{ABSENT}\n    pull*) echo 'lookup registry-1.docker.io: no such host' >&2; exit 1 ;;")
    result = call(stubbed, "scripts/pick-base", OFFICIAL)
    (line,) = result.stderr.splitlines()
    assert line.startswith("error: no base image: Docker Hub can't be reached;")


def test_pull_that_stalls_is_ended(stub, at_once):
    stubbed = stub(f"{ABSENT}\n    pull*) {HANG} ;;")
    result = call(stubbed, "scripts/pick-base", OFFICIAL, env=at_once(900))
    line = f"error: no base image: Docker Hub did not send all of {OFFICIAL} within 15 minutes;"
    assert result.stderr.splitlines()[-1].startswith(line)


def test_registry_of_an_image_is_named(stub):
    stubbed = stub(f"{ABSENT}\n    pull*) echo 'connection refused' >&2; exit 1 ;;")
    result = call(stubbed, "scripts/pick-base", "quay.example:5000/some/image:1")
    assert "error: no base image: quay.example:5000 can't be reached;" in result.stderr


def test_pull_of_a_service_is_announced(stub, at_once, said):
    file, until = said
    stubbed = stub(f"{ABSENT}\n    pull*) {until('Pulling')} ;;")
    result = call(stubbed, "scripts/service-image", "redis", env=at_once(3) | {"BASE": "auto"}, to=file)
    assert result.stdout == "redis:8\n"
    assert file.read_text().startswith("Pulling redis:8 from Docker Hub")


def test_service_without_its_official_image_is_no_error(stub):
    stubbed = stub("'image inspect '*redis:8) exit 1 ;;\n    pull*) echo 'connection refused' >&2; exit 1 ;;")
    result = call(stubbed, "scripts/service-image", "redis", env={"BASE": "auto"})
    first, second, *_ = result.stderr.splitlines()
    assert first == "No image redis:8: Docker Hub can't be reached"
    assert second == "Building Redis from the Debian archive"
    assert "error: no image" not in result.stderr


def test_database_image_that_is_built_again_is_announced(stub, at_once, said):
    file, until = said
    stubbed = stub(f"*org.microblog.base*) {RECIPE} ;;\n    build*) {until('Making')} ;;")
    result = call(stubbed, "scripts/database-image", "mariadb", env=at_once(3), to=file)
    name = "localhost/microblog-base/mariadb:11.8"
    assert result.stdout == f"{name}\n"
    assert file.read_text() == f"Making {name} from the Debian archive (about a minute)\n"


def test_database_image_from_the_cache_is_not_announced(stub):
    result = call(stub(f"*org.microblog.base*) {RECIPE} ;;"), "scripts/database-image", "mariadb")
    assert (result.returncode, result.stderr) == (0, "")


def test_wait_for_a_server_names_its_log():
    command = ["python3", "scripts/wait-http", "--log", "make logs PORT=5001", f"http://127.0.0.1:{free_port()}/", "4"]
    result = run_command(command, check=False)
    assert result.returncode == 1
    assert result.stderr == f"Waiting up to 4 s for {command[-2]}; see its log: make logs PORT=5001\n"


def test_wait_for_a_server_ends_though_the_engine_hangs():
    command = ["python3", "scripts/wait-http", f"http://127.0.0.1:{free_port()}/", "2", "sleep", "100"]
    result = run_command(command, check=False, timeout=30)
    assert (result.returncode, result.stderr) == (1, "")


def test_instance_that_is_waited_for_names_its_log(stub, tmp_path):
    variables, _ = stub(
        f"*microblog.answers*) echo /health ;;\n    top*) ! grep Waiting '{tmp_path}/said' ;;"
    )  # it ends then
    assigned = " ".join(f"{name}={value}" for name, value in variables.items())
    run_command(["sh", "-c", f"make restart {assigned} 2>'{tmp_path}/said'"], check=False, timeout=40)
    port = variables["PORT"]
    line = f"Waiting up to 90 s for http://127.0.0.1:{port}/health; see its log: make logs PORT={port}"
    assert line in (tmp_path / "said").read_text().splitlines()


def test_companion_that_takes_long_names_its_log(stub, tmp_path):
    stubbed = stub(f"*redis-cli*) grep Waiting '{tmp_path}/said' ;;")
    result = call(stubbed, "scripts/companions", "start", "it", "redis", to=tmp_path / "said")
    assert result.stdout == "it-companions\n"
    line = f"Waiting up to 60 s for it-redis; see its log: {stubbed[0]['DOCKER']} logs it-redis"
    assert (tmp_path / "said").read_text().splitlines()[-1] == line


@pytest.mark.parametrize(("target", "engine"), [("doctor", "auto"), ("doctor", "docker"), ("run", "docker")])
def test_engine_that_hangs_is_asked_once(without, said, tmp_path, target, engine):
    file, until = said
    environment = without("docker", "podman")
    put_command(environment, "docker", f"echo $1 >>{tmp_path}/calls; case $1 in version) {HANG} ;; esac")
    # The 20 s of a bound end as soon as the line is there.
    asked = f"until grep -qx version {tmp_path}/calls; do sleep 0.1; done"
    script = f"case $1 in 3) exit ;; 20) {asked}; {until('Waiting')}; exit ;; esac"
    put_command(environment, "sleep", script, "sleep")
    command = f"make {target} ENGINE={engine} PORT={free_port()} 2>'{file}'"
    result = run_command(["sh", "-c", command], check=False, env=environment, timeout=60)
    calls = (tmp_path / "calls").read_text().split()
    assert calls.count("version") == 1
    assert "Waiting up to 20 s for Docker to answer" in file.read_text()
    assert "the Docker daemon did not answer within 20 s; restart it" in result.stdout + file.read_text()


def test_doctor_does_not_blame_docker_that_was_not_asked(without):
    environment = without("docker", "podman")
    put_command(environment, "docker", "echo Docker version 28.0.0")
    put_command(environment, "podman", "echo podman version 5.2.3")
    result = run_command(["make", "doctor", "ENGINE=podman", f"PORT={free_port()}"], check=False, env=environment)
    assert "ok    engine      Podman" in result.stdout
    assert "note  Docker" not in result.stdout
