"""The stage ubuntu-sleep: a container with nothing to do, and one that sleeps."""

import pytest
from engine import free_port


@pytest.fixture
def bare(any_builder, build):
    return build("ubuntu-sleep", any_builder, target="bare")


@pytest.fixture
def sleep(any_builder, build):
    return build("ubuntu-sleep", any_builder)


def layers(engine, image):
    return engine.inspect(image)["RootFS"]["Layers"]


def base_of(engine, image):
    return engine.inspect(image)["Config"]["Labels"]["org.opencontainers.image.base.name"]


def test_targets_add_no_layer_to_the_base(builder, build):
    bare, sleep = build("ubuntu-sleep", builder, target="bare"), build("ubuntu-sleep", builder)
    assert layers(builder, bare) == layers(builder, sleep) == layers(builder, base_of(builder, bare))


def test_sleep_is_the_default_target(builder, build):
    assert builder.inspect(build("ubuntu-sleep", builder))["Config"]["Cmd"] == ["/bin/sleep", "3600"]


def test_bare_ends_at_once_with_status_0(engine, bare, start):
    container = start(bare)
    assert container.wait() == 0
    assert container.logs == ""
    running, all_there_are = (engine("ps", *arguments, "--format", "{{.Names}}").stdout for arguments in ([], ["-a"]))
    assert container.name not in running
    assert container.name in all_there_are


def test_bare_runs_the_commands_on_standard_input(engine, bare):
    assert engine("run", "--rm", "-i", bare, stdin="echo awake; exit 3\n", check=False).returncode == 3
    assert engine("run", "--rm", "-i", bare, stdin="echo awake\n").stdout == "awake\n"


def test_make_run_reports_that_bare_had_nothing_to_do(make, project):
    port = free_port()
    result = make("run", STAGE="ubuntu-sleep", TARGET="bare", TAG="bare", PORT=port)
    assert result.stdout.splitlines()[-1] == f"{project}-{port} ended at once with exit status 0: it had nothing to do"
    make("stop", PORT=port)


def test_sleep_keeps_running_as_process_1(engine, sleep, start):
    container = start(sleep)
    assert container.state["Running"]
    assert container.processes() == ["/bin/sleep 3600"]
    assert container.exec("id", "-un") == "root\n"
    assert container.exec("hostname") == engine.inspect(container.name)["Config"]["Hostname"] + "\n"
    assert "PRETTY_NAME=" in container.exec("cat", "/etc/os-release")
    assert container.exec("/bin/bash", "-c", "echo $((6 * 7))") == "42\n"


def test_writing_in_a_container_does_not_change_the_image(engine, sleep, start):
    container = start(sleep)
    container.exec("sh", "-c", "echo 'I was here' > /root/note")
    assert engine("diff", container.name).stdout.splitlines() == ["C /root", "A /root/note"]
    assert engine("run", "--rm", sleep, "ls", "/root").stdout == ""


def test_sleep_without_init_has_to_be_killed(engine, sleep, start):
    container = start(sleep)
    # 1 s instead of the default of 10 s shows the same.
    engine("stop", "-t", "1", container.name)
    assert container.state["ExitCode"] == 137


def test_sleep_with_init_stops_on_sigterm(sleep, start):
    container = start(sleep, options=["--init"])
    assert container.processes()[1:] == ["/bin/sleep 3600"]
    code, seconds = container.stop()
    assert code == 143
    assert seconds < 5


def test_make_run_adds_an_init(engine, instance):
    container = instance(STAGE="ubuntu-sleep")
    assert engine.inspect(container.name)["HostConfig"]["Init"]
    code, seconds = container.stop()
    assert code == 143
    assert seconds < 5


def test_image_in_use_can_not_be_removed(engine, sleep, start, project):
    container = start(sleep)
    engine("rename", container.name, f"{container.name}-old")
    engine("rename", f"{container.name}-old", container.name)
    engine("tag", sleep, f"{project}:only-name")
    refused = engine("rmi", engine.inspect(container.name)["Image"], check=False)
    assert refused.returncode != 0
    assert engine("rmi", f"{project}:only-name").stdout.strip() == f"Untagged: {project}:only-name"
