"""make run over an instance that runs: the former one stays until the engine can start the new one."""

import pytest
from engine import run_command

HINT = "\nRun 'docker run --help' for more information"


@pytest.fixture
def run():
    """run(variables, IMAGE=…): calls `make run`, without an engine; the completed process."""

    def run(variables, **more):
        assigned = [f"{name}={value}" for name, value in ({"IMAGE": "microblog-stub"} | variables | more).items()]
        return run_command(["make", "run", *assigned], check=False)

    return run


def refuse(command, text):
    """Returns a stub's branch that fails as the engine does: an id, the reason, and a hint as the last line."""
    return f"""'{command} '*) cat <<'END' >&2; exit 125 ;;
{"0" * 64}
docker: Error response from daemon: {text}.
{HINT}
END
"""


def changes(calls):
    """Returns the calls that stop, start, rename or remove a container, without the images' and the listings."""
    return [call.split()[0] for call in calls if call.split()[0] in {"stop", "start", "rename", "rm", "run", "create"}]


@pytest.mark.parametrize(
    "reason",
    ['invalid mount config for type "bind": bind source path does not exist: /nowhere', "mounts denied: /home"],
)
def test_options_the_engine_refuses_leave_the_former_instance(stub, run, reason):
    variables, calls = stub(refuse("create", reason))
    result = run(variables)
    line = f"error: microblog-stub-{variables['PORT']} did not start: {reason}."
    assert line in result.stderr.splitlines()
    assert set(changes(calls())) == {"create", "rm"}
    assert f"rm -f -v microblog-stub-{variables['PORT']}" not in calls()


def test_former_instance_runs_again_where_the_new_one_does_not_start(stub, run):
    variables, calls = stub(refuse("run", "error while mounting volume: permission denied"))
    result = run(variables)
    name = f"microblog-stub-{variables['PORT']}"
    assert result.returncode != 0
    assert f"error: {name} did not start: error while mounting volume: permission denied." in result.stderr
    assert calls()[-3:] == [f"rm -f -v {name}", f"rename {name}-former {name}", f"start {name}"]
    assert f"Kept the former instance at PORT={variables['PORT']}" in result.stderr


def test_former_instance_is_removed_once_the_new_one_is_started(stub, run):
    # It ends at once, so that nothing waits for an answer.
    variables, calls = stub("top*) exit 1 ;;")
    run(variables)
    name = f"microblog-stub-{variables['PORT']}"
    done = [call for call in calls() if call.split()[0] in {"stop", "rename", "rm"}]
    wanted = [f"rm -v {name}-trial", f"rename {name} {name}-former", f"stop {name}-former", f"rm -v {name}-former"]
    assert [call for call in done if "-f " not in call] == wanted


@pytest.mark.parametrize("address", ["localhost", "", "example.com", "127.1", "0x7f000001", "127.0.0.1:80", "*"])
def test_bind_is_an_ip_address(stub, run, address):
    variables, calls = stub()
    result = run(variables, BIND=address)
    assert f"error: BIND={address} is not an IP address; use 127.0.0.1 or 0.0.0.0" in result.stderr.splitlines()
    assert changes(calls()) == []
    assert not [call for call in calls() if call.startswith("build")]


def test_address_of_another_machine_is_refused_before_building(stub, run):
    variables, calls = stub()
    result = run(variables, BIND="192.0.2.1")
    line = "error: BIND=192.0.2.1 is not an address of this machine; use 127.0.0.1 or 0.0.0.0"
    assert line in result.stderr.splitlines()
    assert not [call for call in calls() if call.startswith("build")]


@pytest.mark.parametrize(
    ("driver", "options"),
    [("json-file", ["max-size=10m", "max-file=3"]), ("local", ["max-size=10m", "max-file=3"]), ("journald", [])],
)
def test_log_is_bounded_where_the_log_driver_takes_a_bound(stub, run, driver, options):
    variables, calls = stub(f"*LoggingDriver*) echo {driver} ;;\n    top*) exit 1 ;;")
    run(variables)
    words = next(call for call in calls() if call.startswith("run ")).split()
    assert [words[i + 1] for i, word in enumerate(words) if word == "--log-opt"] == options
