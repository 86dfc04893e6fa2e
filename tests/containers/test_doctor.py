"""make doctor: a line for each requirement, with the remedy where it is not met."""

import re
import socket

from engine import free_port


def lines(result):
    """Returns what doctor printed, as {"engine": ("ok", "Docker …"), …}."""
    found = re.findall(r"^(ok|no|note) +(\w+) +(.+)$", result.stdout, re.MULTILINE)
    return {what: (sign, text) for sign, what, text in found}


def test_doctor_checks_every_requirement(make):
    result = make("doctor", PORT=free_port())
    found = lines(result)
    assert list(found) == ["engine", "Python", "builder", "registry", "bases", "disk", "port"]
    for what in ("engine", "Python", "disk", "port"):
        assert found[what][0] == "ok", found[what]
    assert re.match(r"Docker \d+\.\d+", found["engine"][1])
    assert re.match(r"3\.\d+\.\d+", found["Python"][1])


def test_doctor_suggests_another_port_for_a_taken_one(make):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        sign, text = lines(make("doctor", PORT=port))["port"]
    assert sign == "no"
    assert text == f"another program uses port {port}; choose another: PORT={port + 1}"


def test_doctor_accepts_a_port_used_by_this_projects_instance(make, instance):
    container = instance(STAGE="v0.2")
    sign, text = lines(make("doctor", PORT=container.port))["port"]
    assert (sign, text) == ("ok", f"{container.name} uses {container.port}; 'make run' replaces it")


def test_doctor_without_engine_says_how_to_install_one(make, without):
    result = make("doctor", env=without("docker", "podman"))
    found = lines(result)
    assert found["engine"][0] == "no"
    assert (
        "install Docker (on Debian or Ubuntu: sudo apt-get install -y docker.io), or use ENGINE=local"
        in found["engine"][1]
    )
    assert found["Python"][0] == "ok"


def test_doctor_says_how_to_start_a_stopped_engine(make, without):
    result = make("doctor", env=without("podman") | {"DOCKER_HOST": "unix:///nonexistent/docker.sock"})
    sign, text = lines(result)["engine"]
    assert sign == "no"
    assert "start it (sudo systemctl start docker, or Docker Desktop), or use ENGINE=local" in text


def test_doctor_fails_without_engine_and_python(make, without):
    result = make("doctor", env=without("docker", "podman", "python3"), check=False)
    assert result.returncode != 0
    assert lines(result)["Python"] == (
        "no",
        "python3 is missing; install it (on Debian or Ubuntu: sudo apt-get install -y python3 python3-venv)",
    )
    assert "error: there is neither a container engine nor Python 3.11 with venv; install one of them" in result.stderr
