"""Official base images from a mirror of Docker Hub, and the fallback where no registry answers."""

import pytest
from engine import LABEL, free_port, get, put_command

OFFICIAL = {"python": "library/python:3.13-slim-trixie", "debian": "library/ubuntu:24.04"}
STAND_INS = {
    "python": "localhost/microblog-base/python:3.13-trixie",
    "debian": "localhost/microblog-base/debian:trixie",
}


@pytest.fixture(scope="module")
def mirror(engine, make, base, project):
    """The address of a registry that holds both official images, as a mirror of Docker Hub does."""
    address = f"localhost:{free_port()}"
    make("registry", REGISTRY=f"{address}/mirror")
    base("healthcheck")  # makes the second stand-in
    for kind, official in OFFICIAL.items():
        engine("tag", STAND_INS[kind], f"{address}/{official}")
        engine("push", f"{address}/{official}")
        engine("rmi", f"{address}/{official}")
    yield address
    for official in OFFICIAL.values():
        engine("rmi", f"{address}/{official}", check=False)
    engine("rm", "-f", "-v", f"{project}-registry")


@pytest.mark.parametrize(("stage", "kind"), [("ubuntu-sleep", "debian"), ("healthcheck", "python")])
@pytest.mark.parametrize("choice", ["hub", "auto"])
def test_build_uses_the_official_image_of_a_mirror(engine, make, mirror, stage, kind, choice):
    official = f"{mirror}/{OFFICIAL[kind]}"
    engine("rmi", official, check=False)
    result = make("build", STAGE=stage, BASE=choice, REGISTRY_MIRROR=mirror, TAG=f"mirror-{stage}")
    assert f"Base image: {official}, the official image" in result.stderr.splitlines()
    assert f" on {official} with " in result.stdout.splitlines()[-1]
    assert engine.exists("image", official)


def test_doctor_finds_the_official_image_in_a_mirror(make, mirror):
    assert (
        f"ok    registry    {mirror} has ubuntu:24.04"
        in make("doctor", STAGE="ubuntu-sleep", REGISTRY_MIRROR=mirror, PORT=free_port()).stdout.splitlines()
    )


def test_base_auto_falls_back_to_the_stand_in(make):
    result = make("build", STAGE="ubuntu-sleep", REGISTRY_MIRROR="127.0.0.1:1", TAG="no-mirror")
    line = f"Base image: {STAND_INS['debian']}, the stand-in for ubuntu:24.04 (127.0.0.1:1 can't be reached)"
    assert line in result.stderr.splitlines()


def test_base_hub_fails_without_a_registry(make):
    result = make("build", STAGE="ubuntu-sleep", BASE="hub", REGISTRY_MIRROR="127.0.0.1:1", check=False)
    assert result.returncode != 0
    assert [line for line in result.stderr.splitlines() if line.startswith("error: ")] == [
        "error: no base image: 127.0.0.1:1 can't be reached; try again later, give REGISTRY_MIRROR=host:port, "
        "or use BASE=debian"
    ]


def test_rate_limit_is_reported_and_avoided(make, without):
    commands = without()
    put_command(commands, "docker", 'case $1 in pull) echo "toomanyrequests: slow down" >&2; exit 1 ;; esac', "docker")
    result = make("build", STAGE="ubuntu-sleep", REGISTRY_MIRROR="mirror.example", TAG="no-mirror", env=commands)
    line = f"Base image: {STAND_INS['debian']}, the stand-in for ubuntu:24.04 (mirror.example's rate limit is reached)"
    assert line in result.stderr.splitlines()


def test_base_debian_asks_no_registry(make, without):
    commands = without()
    put_command(commands, "docker", 'case $1 in pull) echo "asked a registry" >&2; exit 1 ;; esac', "docker")
    result = make("build", STAGE="ubuntu-sleep", BASE="debian", TAG="no-mirror", env=commands)
    assert f"Base image: {STAND_INS['debian']}, the stand-in for ubuntu:24.04 (BASE=debian)" in result.stderr
    assert "asked a registry" not in result.stderr


def test_full_disk_is_reported_in_one_line(make, without):
    commands = without()
    put_command(commands, "docker", 'case $1 in build) echo "no space left on device" >&2; exit 1 ;; esac', "docker")
    put_command(commands, "df", "echo Filesystem 1024-blocks Used Available; echo /dev/vda 1024000 1013760 10240")
    result = make("build", STAGE="ubuntu-sleep", check=False, env=commands)
    assert result.returncode != 0
    errors = [line for line in result.stderr.splitlines() if line.startswith("error: ")]
    assert len(errors) == 1
    assert "the engine's disk is full (10 MB free in /" in errors[0]
    assert errors[0].endswith("free some space: 'make clean', 'docker image prune'")


def test_run_refuses_a_foreign_container_of_the_same_name(engine, make, project, start):
    port = free_port()
    name = f"{project}-{port}"
    engine("create", "--name", name, "--label", f"{LABEL}=another", STAND_INS["debian"])
    try:
        result = make("run", STAGE="v0.2", PORT=port, check=False)
        line = (
            f"error: the container {name} was not started by make for IMAGE={project}; "
            "rename or remove it, or choose another PORT"
        )
        assert line in result.stderr.splitlines()
        assert engine.exists("container", name)
        assert get(f"http://127.0.0.1:{port}") is None
    finally:
        engine("rm", "-f", name)
