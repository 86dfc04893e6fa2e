"""SELinux denies containers the folders of this machine: make lifts that where it mounts one. No engine is needed."""

import pytest
from engine import free_port, run_command

OPTION = "--security-opt label=disable"
PODMAN = "--version) echo podman version 5.2.3 ;;"
ENFORCING = {
    "podman": "info*SELinuxEnabled*) echo true ;;",
    "docker": "info*SecurityOptions*) echo '[name=seccomp,profile=builtin name=selinux name=cgroupns]' ;;",
}
ABSENT = {
    "podman": "info*SELinuxEnabled*) echo false ;;",
    "docker": "info*SecurityOptions*) echo '[name=seccomp,profile=builtin]' ;;",
}
DATABASE = "'container inspect'*) exit 1 ;;\n    'image '* | 'volume '* | 'exec '* | 'run '*) echo sha256:1 ;;"


@pytest.fixture
def runs(stub, tree, without):
    """runs("podman", answers, "make", "run", ENV="DEV"): the containers that a command starts, and what it prints."""

    def runs(engine, answers, *command, **options):
        branches = [answers, "top*) exit 1 ;;", *([PODMAN] if engine == "podman" else [])]
        variables, calls = stub("\n    ".join(branches))
        variables |= {"ENGINE": engine, "IMAGE": "microblog-stub", "STAGE": "optimized"} | options
        settings = {name: str(value) for name, value in variables.items()}
        assigned = [f"{name}={value}" for name, value in settings.items()] if command[0] == "make" else []
        result = run_command([*command, *assigned], check=False, cwd=tree, env=without("podman") | settings)
        return [call for call in calls() if call.startswith("run ") and "--name" in call], result.stdout

    return runs


@pytest.mark.parametrize("engine", ENFORCING)
def test_mounted_checkout_can_be_read(runs, engine):
    (run,), _ = runs(engine, ENFORCING[engine], "make", "run", ENV="DEV", PORT=free_port())
    assert OPTION in run


@pytest.mark.parametrize("engine", ENFORCING)
def test_secrets_of_a_database_can_be_read(runs, engine):
    (run,), printed = runs(engine, f"{ENFORCING[engine]}\n    {DATABASE}", "sh", "scripts/db", "start", "blog")
    assert OPTION in run
    assert OPTION in " ".join(printed.split("\n"))


def test_secrets_of_the_registry_can_be_read(runs):
    registry = {"REGISTRY": f"localhost:{free_port()}/blog", "SECURE": 1}
    (run,), _ = runs("podman", ENFORCING["podman"], "make", "registry", **registry)
    assert OPTION in run


@pytest.mark.parametrize("engine", ABSENT)
def test_no_option_without_selinux(runs, engine):
    (run,), _ = runs(engine, ABSENT[engine], "make", "run", ENV="DEV", PORT=free_port())
    assert OPTION not in run


@pytest.mark.parametrize(
    ("target", "options"), [("run", {"PORT": 5000}), ("registry", {"REGISTRY": "localhost:5000/blog"})]
)
def test_container_that_mounts_no_folder_stays_confined(runs, target, options):
    port = free_port()
    options = {name: str(value).replace("5000", str(port)) for name, value in options.items()}
    (run,), _ = runs("podman", ENFORCING["podman"], "make", target, **options)
    assert OPTION not in run


def test_look_into_a_private_checkout_is_not_denied(runs, tree):
    (tree / "config.py").chmod(0o600)
    answers = ENFORCING["podman"] + "\n    *'--entrypoint sh'*checkout*) echo \"$*\" >>looks; exit ;;"
    runs("podman", answers, "make", "run", ENV="DEV", PORT=free_port())
    assert OPTION in (tree / "looks").read_text().splitlines()[0]
