"""Every stage with Podman and its builder, Buildah (`make test-builders`)."""

import json

import pytest
from engine import Engine, free_port

SERVERS = ("v0.2", "healthcheck", "gunicorn", "optimized", "hardened")


@pytest.fixture(scope="session")
def engine():
    """Podman, which the shared fixtures then use instead of Docker."""
    podman = Engine("podman")
    if podman("info", check=False).returncode:
        pytest.fail("these tests need podman, and it does not work here: make doctor ENGINE=podman")
    return podman


@pytest.fixture(scope="session")
def make(make):
    """make(…) with ENGINE=podman."""

    def call(*targets, **variables):
        return make(*targets, **({"ENGINE": "podman"} | variables))

    return call


def test_bare_ends_at_once(make):
    assert "ended" in make("run", STAGE="ubuntu-sleep", TARGET="bare", PORT=free_port()).stdout


@pytest.mark.parametrize("stage", SERVERS)
def test_stage_builds_answers_and_stops(make, engine, project, instance, stage):
    container = instance(STAGE=stage)
    assert container.get("/" if stage == "v0.2" else "/health").status == 200
    status, seconds = container.stop()
    assert (status, seconds < 5) == (0, True)


def test_healthcheck_and_entrypoint_are_kept(make, engine, project):
    make("build", STAGE="optimized")
    image = json.loads(engine("image", "inspect", f"{project}:optimized").stdout)[0]
    assert image["Healthcheck"]["Test"][0] == "CMD"
    assert image["Config"]["Entrypoint"] == ["./boot.sh"]


def test_data_survive_a_new_container(make, instance, project):
    container = instance(STAGE="optimized")
    key = container.exec("cat", "/data/secret_key")
    make("stop", PORT=container.port)
    again = instance(STAGE="optimized", PORT=container.port)
    assert again.exec("cat", "/data/secret_key") == key


def test_image_is_taken_apart(make):
    assert "efficiency as dive counts" in make("layers", STAGE="ubuntu-sleep").stdout
