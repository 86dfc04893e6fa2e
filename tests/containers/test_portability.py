"""The commands on other machines: without GNU's tools, with CDPATH exported, without execute bits."""

import functools

import pytest
from engine import free_port, put_command, run_command

# Programs that GNU/Linux has and neither POSIX nor macOS.
GNU_PROGRAMS = (
    "timeout",
    "gtimeout",
    "nproc",
    "tac",
    "shuf",
    "numfmt",
    "truncate",
    "setsid",
    "flock",
    "pidof",
    "readlink",
)
# Options that only GNU's version takes, as a pattern of the shell; all of these refuse long options.
# fmt: off
GNU_OPTIONS = {
    "awk": "", "basename": "", "cat": "", "chmod": "", "cksum": "", "cp": "-a", "cut": "", "date": "-d",
    "df": "-*[hm]*", "dirname": "", "env": "-S", "grep": "-*[oP]*", "head": "-c*", "id": "", "ln": "-*r*", "ls": "",
    "mkdir": "", "mktemp": "-*p*", "mv": "-T", "od": "", "ps": "", "rm": "", "sed": "-*[ir]*", "sleep": "*.*",
    "sort": "-*[hRV]*", "stat": "-c", "tail": "", "touch": "-d", "tr": "", "uname": "", "wc": "", "xargs": "-*[0dr]*",
}
# fmt: on


@pytest.fixture
def posix(without):
    """An environment whose PATH has POSIX's programs only, each of which refuses GNU's options."""
    environment = without(*GNU_PROGRAMS)
    for name, pattern in GNU_OPTIONS.items():
        refuse = f'echo "{name}: illegal option $word" >&2; exit 64'
        script = f"for word do case $word in --[a-z]*{'|' + pattern if pattern else ''}) {refuse} ;; esac; done"
        put_command(environment, name, script, name)
    # Not a version manager's shim, which may itself use GNU's programs.
    put_command(
        environment, "python3", "", run_command(["python3", "-c", "import sys; print(sys.executable)"]).stdout.strip()
    )
    return environment


@pytest.fixture
def plain_files(tree):
    """A copy of the tree without execute bits, as a ZIP or a drive without them gives it."""
    for path in tree.rglob("*"):
        if path.is_file():
            path.chmod(0o644)
    return tree


@pytest.fixture
def use_every_command(make, project):
    """use_every_command(env=…, cwd=…): the life of a small instance, by every command; fails where one fails."""
    image = f"{project}-portable"

    def use(**options):
        port = free_port()
        call = functools.partial(make, IMAGE=image, STAGE="ubuntu-sleep", BASE="debian", PORT=port, **options)
        try:
            assert call("help").stdout.startswith("make TARGET")
            assert "ok    engine      Docker" in call("doctor").stdout
            assert call("run").stdout.splitlines()[-1].startswith(f"{image}-{port} runs")
            call("restart")
            call("logs")
            assert call("shell", stdin="echo $((6 * 7))\n").stdout == "42\n"
            assert f"{image}-{port}" in call("ps").stdout
            assert "ubuntu-sleep" in call("images").stdout
            assert call("stop").stdout == f"Stopped {image}-{port}\n"
        finally:
            make("clean", IMAGE=image)
        assert image not in make("images", IMAGE=image).stdout

    return use


def test_commands_work_without_gnu_programs(use_every_command, posix):
    use_every_command(env=posix)


def test_companion_database_works_without_gnu_programs(posix, project):
    name = f"{project}-posix"
    settings = posix | {"IMAGE": project, "BASE": "debian"}
    run_command(["sh", "scripts/database-image", "mariadb"])  # by mmdebstrap, which needs Debian's programs
    try:
        assert run_command(["sh", "scripts/db", "start", "--throwaway", name], env=settings).stdout.startswith(
            "--network"
        )
    finally:
        run_command(["sh", "scripts/db", "remove", name], env=settings)


def test_local_instance_works_without_gnu_programs(make, posix):
    port = free_port()
    call = functools.partial(make, ENGINE="local", PORT=port, env=posix)
    try:
        assert "not in a container) answers" in call("run").stdout
        call("logs")
        assert f"PORT={port} " in call("ps").stdout
        assert call("stop").stdout == f"Stopped the instance at PORT={port}\n"
    finally:
        make("stop", ENGINE="local", PORT=port)
        run_command(["rm", "-rf", f"instance/{port}"])


@pytest.mark.parametrize("order", [".:{trap}", "{trap}:."])
def test_commands_work_with_cdpath_exported(use_every_command, tmp_path, order):
    (tmp_path / "scripts").mkdir()
    use_every_command(env={"CDPATH": order.format(trap=tmp_path)})


def test_commands_work_without_execute_bits(use_every_command, plain_files):
    use_every_command(cwd=plain_files)


def test_parallel_targets_run_in_order(engine, make, project):
    port = free_port()
    make("-j4", "run", "stop", STAGE="ubuntu-sleep", BASE="debian", PORT=port)
    assert not engine.exists("container", f"{project}-{port}")


def test_bounded_ends_a_command_that_hangs():
    hang = run_command(["sh", "-c", ". scripts/lib.sh; bounded 1 sleep 60"], check=False, timeout=20)
    assert hang.returncode == 143


def test_bounded_returns_output_and_status_at_once():
    script = ". scripts/lib.sh; bounded 60 sh -c 'echo done; exit 3'"
    result = run_command(["sh", "-c", script], check=False, timeout=20)
    assert (result.stdout, result.returncode) == ("done\n", 3)
