"""make doctor: a line for each thing, with the remedy, whatever is missing."""

import re
import socket

from engine import free_port


def lines(result):
    """{"engine": ("ok", "Docker …"), …} as doctor printed them."""
    found = re.findall(r"^(ok|no|note) +(\w+) +(.+)$", result.stdout, re.MULTILINE)
    return {what: (sign, text) for sign, what, text in found}


def test_doctor_says_what_this_machine_has(make):
    result = make("doctor", PORT=free_port())
    found = lines(result)
    assert list(found) == ["engine", "Python", "builder", "registry", "bases", "disk", "port"]
    for what in ("engine", "Python", "disk", "port"):
        assert found[what][0] == "ok", found[what]
    assert re.match(r"Docker \d+\.\d+", found["engine"][1])
    assert re.match(r"3\.\d+\.\d+", found["Python"][1])


def test_doctor_names_a_free_port_where_the_port_is_taken(make):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        sign, text = lines(make("doctor", PORT=port))["port"]
    assert sign == "no"
    assert text == f"port {port} is taken by another program; choose another: PORT={port + 1}"


def test_doctor_knows_this_projects_own_instance(make, instance):
    container = instance(STAGE="v0.2")
    sign, text = lines(make("doctor", PORT=container.port))["port"]
    assert (sign, text) == ("ok", f"{container.port} is {container.name}'s; 'make run' replaces it")


def test_without_an_engine_doctor_says_how_to_get_one_and_that_python_will_do(make, without):
    result = make("doctor", env=without("docker", "podman"))
    found = lines(result)
    assert found["engine"][0] == "no"
    assert "install Docker (sudo apt-get install -y docker.io), or use ENGINE=local" in found["engine"][1]
    assert found["Python"][0] == "ok"


def test_with_an_engine_that_does_not_answer_doctor_says_how_to_start_it(make, without):
    result = make("doctor", env=without("podman") | {"DOCKER_HOST": "unix:///nonexistent/docker.sock"})
    sign, text = lines(result)["engine"]
    assert sign == "no"
    assert "start it (sudo systemctl start docker), or use ENGINE=local" in text


def test_with_neither_engine_nor_python_doctor_fails(make, without):
    result = make("doctor", env=without("docker", "podman", "python3"), check=False)
    assert result.returncode != 0
    assert lines(result)["Python"] == (
        "no",
        "there is no python3; install it: sudo apt-get install -y python3 python3-venv",
    )
    assert "error: neither a container engine nor Python 3.11 with venv is here; one of them is needed" in result.stderr
