"""Docker's engine on another machine, where it would open ports: said before anything is built. No engine is needed."""

import pytest
from engine import free_port, run_command

ADDRESS = "ssh://ana@host.example"
DISTANT = f"'context inspect'*) echo {ADDRESS} ;;"
TROUBLE = f"the Docker engine is on another machine ({ADDRESS}), where make can't open the port; run make there, "


@pytest.mark.parametrize(
    ("target", "options"),
    [
        ("up", {"STAGE": "optimized"}),
        ("registry", {}),
        ("accept", {}),
        ("check", {"STAGE": "gunicorn", "FILE": "docker/gunicorn/Dockerfile"}),
        ("check-class", {"STAGE": "gunicorn", "DIR": "docker"}),
        ("compare", {}),
    ],
)
def test_distant_engine_is_refused_by_what_opens_ports(make, stub, target, options):
    variables, calls = stub(DISTANT)
    result = make(target, check=False, **variables | {"REGISTRY": f"localhost:{free_port()}/blog"} | options)
    (error,) = [line for line in result.stderr.splitlines() if line.startswith("error: ")]
    assert error.startswith(f"error: {TROUBLE}")
    assert not [call for call in calls() if call.startswith(("build", "pull", "run", "image"))]


@pytest.mark.parametrize(
    "address", ["ssh://ana@host.example", "tcp://docker:2375", "tcp://192.0.2.1:2376", "tcp://[2001:db8::1]:2375"]
)
@pytest.mark.parametrize("source", ["DOCKER_HOST", "context"])
def test_engine_on_another_machine_is_refused_before_building(make, stub, monkeypatch, address, source):
    if source == "DOCKER_HOST":
        monkeypatch.setenv("DOCKER_HOST", address)
        variables, calls = stub()
    else:
        variables, calls = stub(f"*Endpoints.docker.Host*) echo {address} ;;")
    result = make("run", check=False, **variables)
    assert f"error: {TROUBLE.replace(ADDRESS, address)}" in result.stderr
    assert not [call for call in calls() if call.startswith("build")]


@pytest.mark.parametrize(
    "address",
    ["unix:///run/user/1000/docker.sock", "tcp://localhost:2375", "tcp://127.0.0.1:2375", "ssh://core@127.0.0.1:50001"],
)
def test_engine_of_this_machine_at_any_address_builds(make, stub, monkeypatch, address):
    monkeypatch.setenv("DOCKER_HOST", address)
    variables, calls = stub("build*) exit 1 ;;")
    make("run", check=False, **variables)
    assert [call for call in calls() if call.startswith("build")]


def test_doctor_names_a_distant_engine(make, stub):
    variables, _ = stub(DISTANT)
    (port,) = [line for line in make("doctor", **variables).stdout.splitlines() if " port " in line]
    assert port.startswith(f"no    port        {TROUBLE}")


def test_distant_engine_runs_what_has_no_server(make, stub):
    variables, calls = stub(f"{DISTANT}\n    *microblog.answers*) echo none ;;")
    make("run", **variables | {"STAGE": "cowsay"})
    assert [call for call in calls() if call.startswith("run ")]


@pytest.mark.parametrize(("address", "distant"), [(ADDRESS, True), ("unix:///run/user/1000/docker.sock", False)])
def test_context_of_docker_is_asked(tmp_path, address, distant):
    environment = {"DOCKER_CONFIG": str(tmp_path)}
    run_command(["docker", "context", "create", "other", "--docker", f"host={address}"], env=environment)
    script = ". scripts/lib.sh; . scripts/engine.sh; engine=docker cli=docker; distant_trouble"
    assert run_command(["sh", "-euc", script], env=environment).stdout == ""
    trouble = run_command(["sh", "-euc", script], env=environment | {"DOCKER_CONTEXT": "other"}).stdout
    assert trouble.startswith(TROUBLE) == distant


def test_docker_on_every_address_of_this_machine_is_near():
    script = ". scripts/lib.sh; . scripts/engine.sh; engine=docker cli=docker; distant_trouble"
    for address in ("tcp://:2375", "tcp://", "tcp://0.0.0.0:2375"):
        assert run_command(["sh", "-euc", script], env={"DOCKER_HOST": address}).stdout == ""
