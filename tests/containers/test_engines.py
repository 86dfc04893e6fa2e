"""How make chooses the container engine, and how it names what keeps an engine from answering."""

import pytest
from engine import free_port, put_command, run_command

TROUBLES = {
    "too old": (
        "Error response from daemon: client version 1.24 is too old. Minimum supported API version is 1.44, please "
        "upgrade your client to a newer version",
        "the Docker engine refuses this client: client version 1.24 is too old. Minimum supported API version is 1.44",
    ),
    "too new": (
        "Error response from daemon: client version 1.99 is too new. Maximum supported API version is 1.41",
        "the Docker engine refuses this client: client version 1.99 is too new. Maximum supported API version is 1.41",
    ),
    "no context": (
        'Failed to initialize: unable to resolve docker endpoint: context "away": context not found: open /x: no such '
        "file or directory",
        "the Docker context in use does not exist; unset DOCKER_CONTEXT, run: docker context use default",
    ),
    "no host": (
        'error during connect: Get "http://away:2375/v1.50/version": dial tcp: lookup away: no such host',
        "the Docker engine is on a machine that can't be found",
    ),
    "denied": (
        "permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock",
        "Docker denies access to this user; run: sudo usermod -aG docker ",
    ),
    "stopped": (
        "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?",
        "the Docker daemon does not answer; start it",
    ),
}
# Fedora's docker prints this line on standard error at each call.
EMULATION = "Emulate Docker CLI using podman. Create /etc/containers/nodocker to quiet msg."
PODMAN = f"""echo '{EMULATION}' >&2
case "$1" in
    --version) echo "podman version 5.2.3" ;;
    info | build | image | run | create) ;;
    version) case $* in *Server*) exit 125 ;; esac; echo 5.2.3 ;;
    container) exit 1 ;;
esac"""


@pytest.fixture
def only(without):
    """only(docker="script", podman="script"): an environment with these commands and no engine of this machine."""

    def only(**commands):
        environment = without("docker", "podman")
        for name, script in commands.items():
            put_command(environment, name, script)
        return environment

    return only


def choose(environment, engine="auto"):
    """Returns the engine and the command that the scripts choose, and what they print."""
    script = '. scripts/lib.sh; . scripts/engine.sh; choose_engine; echo "$engine ${cli##*/}"'
    result = run_command(["sh", "-c", script], env=environment | {"ENGINE": engine}, check=False)
    return result.stdout.strip(), result.stderr


@pytest.mark.parametrize("trouble", TROUBLES)
def test_doctor_and_run_name_what_keeps_docker_from_answering(make, only, trouble):
    answer, line = TROUBLES[trouble]
    environment = only(docker=f"echo '{answer}' >&2; exit 1")
    doctor = make("doctor", env=environment, check=False, PORT=free_port()).stdout.splitlines()
    assert f"no    engine      {line}" in next(text for text in doctor if " engine " in text)
    run = make("run", env=environment, check=False, PORT=free_port(), ENGINE="docker")
    assert f"error: {line}" in run.stderr
    chosen, said = choose(environment)
    assert chosen == "local"
    assert line in said


def test_docker_that_is_podman_is_used_as_podman(only):
    environment = only(docker=PODMAN)
    for engine in ("auto", "docker", "podman"):
        assert choose(environment, engine)[0] == "podman docker"


def test_docker_that_is_podman_builds_in_dockers_format(make, only, tmp_path):
    calls = tmp_path / "calls"
    environment = only(docker=f'echo "$*" >>{calls}\n{PODMAN}')
    make("build", env=environment, STAGE="healthcheck", BASE="hub")
    (build,) = [call for call in calls.read_text().splitlines() if call.startswith("build ")]
    assert "--format docker" in build


def test_doctor_recognises_docker_that_is_podman(make, only):
    doctor = make("doctor", env=only(docker=PODMAN), PORT=free_port()).stdout
    assert "ok    engine      Podman 5.2.3 (the command docker is Podman)" in doctor
    assert "ok    builder     Buildah" in doctor


def test_choosing_podman_for_a_docker_that_does_not_answer_is_said(only):
    environment = only(docker=f"echo '{TROUBLES['stopped'][0]}' >&2; exit 1", podman=PODMAN)
    chosen, said = choose(environment)
    assert chosen == "podman podman"
    assert said.startswith("Using Podman, which does not see Docker's containers and data: the Docker daemon does not")


def test_choosing_podman_without_docker_is_not_remarked(only):
    assert choose(only(podman=PODMAN)) == ("podman podman", "")


def test_engine_is_asked_once_for_all_scripts_of_a_target(stub):
    variables, calls = stub("top*) exit 1 ;;")
    run_command(["make", "run", *(f"{name}={value}" for name, value in variables.items())], check=False)
    assert any(call.startswith("run ") for call in calls())
    assert len([call for call in calls() if call.startswith(("version", "--version"))]) == 1
