"""The default stage and hardened on a current engine with buildx (`make test-builders`).

The engine comes from Debian unstable. It runs beside the one of this machine, from a folder that is removed at the end.
Each test runs with the classic image store and with containerd's.
"""

import os
import shutil
import subprocess
import uuid

import pytest
from engine import Engine, run_command, wait_until

pytestmark = [pytest.mark.thorough, pytest.mark.timeout(1800)]

PACKAGES = ("docker.io", "docker-cli", "docker-buildx", "containerd", "tini")
SOURCE = "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] {} sid main\n"
# The store's setting, and networks that those of this machine's engine do not use.
STORES = {
    "classic": (["--storage-driver", "overlay2"], "172.30.250.1/24", "172.30.0.0/18"),
    "containerd": (
        ["--storage-driver", "overlayfs", "--feature", "containerd-snapshotter"],
        "172.30.251.1/24",
        "172.30.64.0/18",
    ),
}
STAGES = ("optimized", "hardened")
# Copies a base image from this machine's engine, if it has it: making it takes longer.
BASES = ("localhost/microblog-base/debian:trixie", "localhost/microblog-base/python:3.13-trixie")
COPY = 'docker image inspect "$1" >/dev/null 2>&1 || exit 0; docker save "$1" | DOCKER_HOST=$2 docker load -q'


@pytest.fixture(scope="session")
def unpacked(tmp_path_factory):
    """The folder of the unpacked packages."""
    if os.geteuid() or not shutil.which("apt-get"):
        pytest.skip("a second engine needs root on Debian")
    archives = run_command(["apt-get", "indextargets", "--format", "$(REPO_URI)"]).stdout.split()
    archive = next((uri for uri in archives if uri.endswith("/debian/")), None) or pytest.skip("no archive of Debian")
    folder = tmp_path_factory.mktemp("engine")
    for name in ("lists/partial", "cache/archives/partial", "debs", "plugins/cli-plugins"):
        (folder / name).mkdir(parents=True)
    (folder / "sources.list").write_text(SOURCE.format(archive))
    options = {
        "Dir::Etc::SourceList": folder / "sources.list",
        "Dir::Etc::SourceParts": "/dev/null",
        "Dir::State::Lists": folder / "lists",
        "Dir::Cache": folder / "cache",
        "APT::Sandbox::User": "root",
    }
    apt = ["apt-get", *(f"-o{name}={value}" for name, value in options.items())]
    run_command([*apt, "update"])
    run_command([*apt, "download", *PACKAGES], cwd=folder / "debs")
    for package in (folder / "debs").iterdir():
        run_command(["dpkg", "-x", package, folder])
    (folder / "plugins/cli-plugins/docker-buildx").symlink_to(folder / "usr/libexec/docker/cli-plugins/docker-buildx")
    return folder


def _address(bridge):
    """Returns the address of a bridge, such as 172.17.0.1/16; "" if there is no such bridge."""
    fields = run_command(["ip", "-brief", "-4", "address", "show", bridge], check=False).stdout.split()
    return fields[2] if len(fields) > 2 else ""


def _add_bridge(bridge, address):
    for change in (
        ["link", "add", bridge, "type", "bridge"],
        ["address", "add", address, "dev", bridge],
        ["link", "set", bridge, "up"],
    ):
        run_command(["ip", *change])


@pytest.fixture(scope="session", params=STORES)
def engine(request, unpacked, tmp_path_factory):
    """The engine, which the shared fixtures then use."""
    if run_command(["docker", "ps", "-q", "--filter", "network=bridge"]).stdout:
        pytest.skip("the second engine would cut the network of the containers that run on this one's docker0")
    default_address = _address("docker0")
    folder, bridge = tmp_path_factory.mktemp(request.param), f"mb-{uuid.uuid4().hex[:8]}"
    store, address, pool = STORES[request.param]
    (folder / "settings.json").write_text("{}")
    environment = {
        "PATH": f"{unpacked}/usr/bin:{unpacked}/usr/sbin:{os.environ['PATH']}",
        "DOCKER_HOST": f"unix://{folder}/docker.sock",
        "DOCKER_CONFIG": f"{unpacked}/plugins",
        "DOCKER": f"{unpacked}/usr/bin/docker",
    }
    _add_bridge(bridge, address)
    options = ["--config-file", folder / "settings.json", "-H", environment["DOCKER_HOST"], "--bridge", bridge]
    options += ["--data-root", folder / "data", "--exec-root", folder / "exec", "--pidfile", folder / "pid"]
    options += ["--mtu", "1400", "--default-address-pool", f"base={pool},size=24", *store]
    with (folder / "log").open("w") as log:
        daemon = subprocess.Popen(["dockerd", *map(str, options)], env=os.environ | environment, stdout=log, stderr=log)
    try:
        current = Engine(environment["DOCKER"], environment, "buildkit")
        wait_until(lambda: current("version", check=False).returncode == 0, 60, "the engine")
        if default_address and not _address("docker0"):  # with --bridge, dockerd 28 removes it
            _add_bridge("docker0", default_address)
        for base in BASES:
            run_command(["sh", "-c", COPY, "sh", base, current.env["DOCKER_HOST"]], timeout=120)
        yield current
    finally:
        daemon.terminate()
        daemon.wait(60)
        run_command(["ip", "link", "delete", bridge])


@pytest.fixture(scope="session")
def make(engine, make):
    """make(…) with this engine."""
    return lambda *targets, **variables: make(*targets, **({"env": engine.env, "timeout": 1500} | variables))


def test_buildx_builds(make):
    assert make("build", STAGE="ubuntu-sleep", BASE="debian").stdout.endswith(" with BuildKit\n")


@pytest.mark.parametrize("stage", STAGES)
def test_stage_answers_and_stops(instance, stage):
    container = instance(STAGE=stage, BASE="debian")
    assert container.get("/health/ready").text.strip() == '{"status":"ok"}'
    status, seconds = container.stop()
    assert (status, seconds < 5) == (0, True)


@pytest.mark.parametrize("stage", STAGES)
def test_stage_keeps_the_contract(make, stage):
    assert "12 of 12 claimed points hold" in make("accept", STAGE=stage, BASE="debian").stdout


@pytest.mark.parametrize("stage", STAGES)
def test_image_is_taken_apart(make, stage):
    assert "efficiency as dive counts" in make("layers", STAGE=stage, BASE="debian").stdout


def test_two_builds_give_the_same_image(make):
    assert "Two builds gave the same image: " in make("verify", STAGE="hardened", BASE="debian").stdout
