"""ENGINE=local around the application: addresses, and the Python that starts and stops it."""

import socket

import pytest
from engine import free_port, get, put_command, run_command

# Serves on BIND, as boot.sh does, without the application.
SERVER = """#!/bin/sh
exec python3 -m http.server --bind "$(echo "${BIND%:*}" | tr -d '[]')" "${BIND##*:}"
"""


@pytest.fixture
def start(tree):
    """start(env={}, BIND=…): `make run ENGINE=local` in a copy of the tree that needs no packages."""
    (tree / "boot.sh").write_text(SERVER)
    (tree / "scripts/venv").write_text("touch made-venv\n")
    ports = []

    def call(target, env=None, **variables):
        assigned = [f"{name}={value}" for name, value in variables.items()]
        return run_command(["make", target, "ENGINE=local", *assigned], cwd=tree, env=env, check=False)

    def start(env=None, **variables):
        ports.append(variables.setdefault("PORT", free_port()))
        return call("run", env, **variables)

    start.call, start.tree, start.port = call, tree, lambda: ports[-1]
    yield start
    for port in ports:
        call("stop", PORT=port)


@pytest.fixture
def ipv6():
    """Skips where this machine has no IPv6."""
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no IPv6")


@pytest.mark.usefixtures("ipv6")
@pytest.mark.parametrize("bind", ["::1", "[::1]", "::", "[::]"])
def test_ipv6_address_is_printed_and_answers(start, bind):
    result = start(BIND=bind)
    address = f"http://[::1]:{start.port()}"
    assert result.stdout.splitlines()[-1] == f"Microblog (PROD, not in a container) answers: {address}"
    assert get(address).status == 200
    assert start.call("restart", PORT=start.port(), BIND=bind).stdout.splitlines()[-1].endswith(address)


@pytest.mark.usefixtures("ipv6")
@pytest.mark.parametrize("bind", ["::1", "[::1]", "::"])
def test_engine_publishes_an_ipv6_address_in_brackets(stub, bind):
    variables, calls = stub("top*) exit 1 ;;")
    run_command(["make", "run", f"BIND={bind}", *(f"{n}={v}" for n, v in variables.items())], check=False)
    (run,) = [call for call in calls() if call.startswith("run ")]
    assert f" -p [{bind.strip('[]')}]:{variables['PORT']}:5000 " in run


@pytest.mark.parametrize("bind", ["[::1", "::g", "fe80::1%eth0", "2001:db8::7", "localhost"])
def test_wrong_address_is_refused_before_anything_is_made(start, bind):
    result = start(BIND=bind)
    assert result.returncode != 0
    (line,) = [text for text in result.stderr.splitlines() if text.startswith("error: ")]
    assert line.startswith(f"error: BIND={bind} ")
    assert not (start.tree / "made-venv").exists()


def test_dev_accepts_the_loopback_address_of_ipv6(stub):
    variables, _ = stub()
    assigned = [f"{name}={value}" for name, value in (variables | {"STAGE": "optimized", "ENV": "DEV"}).items()]
    assert "127.0.0.1 or ::1 only" not in run_command(["make", "run", "BIND=::1", *assigned], check=False).stderr
    assert "127.0.0.1 or ::1 only" in run_command(["make", "run", "BIND=::", *assigned], check=False).stderr


@pytest.fixture
def old_python(without):
    """An environment whose python3 is too old, beside a newer python3.11."""
    environment = without("docker", "podman", "python3.14", "python3.13", "python3.12")
    real = run_command(["python3", "-c", "import sys; print(sys.executable)"]).stdout.strip()
    old = 'case "$2" in *version_info*) exit 1 ;; esac; echo "SyntaxError: invalid syntax" >&2; exit 1'
    put_command(environment, "python3", old)
    put_command(environment, "python3.11", f'exec {real} "$@"')
    return environment


def test_newer_python_beside_an_old_one_is_used(start, old_python):
    (start.tree / "boot.sh").write_text(SERVER.replace("python3", "python3.11"))
    result = start(old_python)
    assert "not in a container) answers" in result.stdout
    assert "SyntaxError" not in result.stderr
    assert start.call("stop", old_python, PORT=start.port()).stdout == f"Stopped the instance at PORT={start.port()}\n"


def test_stop_ends_an_instance_whichever_python_is_first(start, old_python):
    start()
    assert start.call("stop", old_python, PORT=start.port()).stdout == f"Stopped the instance at PORT={start.port()}\n"
    assert get(f"http://127.0.0.1:{start.port()}") is None


def test_old_python_alone_is_reported_before_anything_starts(start, old_python):
    put_command(old_python, "python3.11", "exit 1")
    result = start(old_python)
    line = "error: there is no Python 3.11 or later on the PATH; install it, or use a container engine"
    assert [text for text in result.stderr.splitlines() if text.startswith("error: ")] == [line]
    assert not (start.tree / "instance").exists()


def test_doctor_names_the_python_that_is_used(start, old_python):
    result = start.call("doctor", old_python, PORT=free_port())
    assert "python3.11)" in next(line for line in result.stdout.splitlines() if " Python " in line)
