"""Fixtures of the tests of images and commands: the engine, its builders, `make`, containers.

Everything that a test creates has this session's project in its name or label, and is removed at the end.
"""

import os
import shutil
import subprocess
import tarfile
import uuid
from pathlib import Path

import pytest
from advisories import advisories  # noqa: F401  a fixture
from builders import (  # noqa: F401  fixtures, and a hook
    any_builder,
    base,
    build,
    build_from,
    builder,
    newest,
    pytest_collection_modifyitems,
)
from databases import add_migration, database, db, mariadb, new_mariadb, sqlite  # noqa: F401  fixtures
from engine import LABEL, ROOT, Container, Engine, command_lines, free_port, run_command
from proxied import site  # noqa: F401  a fixture


@pytest.fixture(scope="session")
def engine() -> Engine:
    """The engine of the first docker command on the PATH. Without one these tests fail."""
    for cli in command_lines()[:1]:
        if Engine(cli)("version", check=False).returncode == 0:
            return Engine(cli)
    pytest.fail("these tests need a container engine, and none answers; run: make doctor")


@pytest.fixture(scope="session")
def project(engine) -> str:
    """IMAGE for this session; containers, images, networks and volumes with its label are removed at the end."""
    name = f"mbtest-{uuid.uuid4().hex[:8]}"
    yield name
    # --no-prune: untagged parents are the legacy builder's cache.
    ours = ("-q", "--filter", f"label={LABEL}={name}")
    for listing, removal in [
        (("ps", "-a"), ("rm", "-f", "-v")),
        (("images",), ("rmi", "-f", "--no-prune")),
        (("volume", "ls"), ("volume", "rm")),
        (("network", "ls"), ("network", "rm")),
    ]:
        there = None
        # Again while it removes something: an image goes after those that are built on it.
        while (ids := sorted(set(engine(*listing, *ours).stdout.split()))) and ids != there:
            engine(*removal, *ids, check=False)
            there = ids


@pytest.fixture(scope="session")
def make(newest, project):  # noqa: F811  the fixture
    """make("run", STAGE="v0.2", PORT=5001): calls make for this session's project; the completed process.

    `check=False` lets it fail; `env` adds to the environment; `timeout` is in seconds.
    """

    def call(*targets, check=True, env=None, stdin="", cwd=ROOT, timeout=540, **variables):
        env = newest | (env or {})
        variables = {"IMAGE": project} | variables
        assigned = [f"{name}={value}" for name, value in variables.items()]
        return run_command(["make", *targets, *assigned], check=check, env=env, stdin=stdin, cwd=cwd, timeout=timeout)

    return call


@pytest.fixture
def start(engine, project):
    """start(image, *arguments, options=(), port=False): starts a container; removed after the test.

    `options` go to `docker run`; `port=True` publishes its port 5000 on 127.0.0.1.
    """
    started = []

    def start(image, *arguments, options=(), port=False) -> Container:
        name = f"{project}-{uuid.uuid4().hex[:8]}"
        number = free_port() if port else None
        publish = ["-p", f"127.0.0.1:{number}:5000"] if port else []
        started.append(name)
        engine("run", "-d", "--name", name, "--label", f"{LABEL}={project}", *publish, *options, image, *arguments)
        return Container(engine, name, number)

    yield start
    for name in started:
        engine("rm", "-f", "-v", name, check=False)


@pytest.fixture
def stub(tmp_path):
    """stub("create) echo why >&2; exit 125 ;;"): a docker command without an engine, with one instance that runs.

    The argument is answers, as branches of the shell's `case` over its arguments, before the usual ones. Returns the
    variables for make that select it, and a function that returns the calls so far.
    """
    command, calls = tmp_path / "docker", tmp_path / "calls"

    def stub(answers=""):
        command.write_text(
            f"""#!/bin/sh
echo "$*" >>'{calls}'
case $* in
    {answers}
    *mariadb* | *-mysql*) exit 1 ;;
    *microblog.stage*) echo v0.2 ;;
    *microblog.environment*) echo PROD ;;
    *microblog.bind*) echo 127.0.0.1 ;;
    *State.Running*) echo true ;;
    *org.microblog.instance*) for name; do :; done; echo "$IMAGE $name" ;;
    *inspect*) echo sha256:1 ;;
    *Server.MinAPIVersion*) echo 28.5.2 1.44 ;;
esac
"""
        )
        command.chmod(0o755)
        variables = {"DOCKER": command, "ENGINE": "docker", "STAGE": "v0.2", "BASE": "hub", "PORT": free_port()}
        return variables, lambda: calls.read_text().splitlines() if calls.exists() else []

    return stub


@pytest.fixture
def instance(engine, make, project):
    """instance(STAGE=…, ENV=…): starts an instance with `make run` on a free port; stopped after the test."""
    ports = []

    def instance(**variables) -> Container:
        port = variables.pop("PORT", None) or free_port()
        ports.append(port)
        make("run", PORT=port, **variables)
        return Container(engine, f"{project}-{port}", port)

    yield instance
    for port in ports:
        make("stop", PORT=port, check=False)
        engine("volume", "rm", f"{project}-{port}", check=False)


@pytest.fixture
def hadolint(monkeypatch):
    """The linters of the tests are on the PATH."""
    monkeypatch.setenv("PATH", f"{ROOT}/.venv-host/bin{os.pathsep}{os.environ['PATH']}")


@pytest.fixture
def tree(tmp_path) -> Path:
    """A copy of this tree, with uncommitted changes, for a test that edits it."""
    return copy_tree(tmp_path / "tree")


def copy_tree(copy) -> Path:
    """Copies this tree to the folder `copy`, without what git ignores."""
    names = run_command(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]).stdout.split("\0")
    for name in filter(None, names):
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, copy / name)
    return copy


@pytest.fixture
def without(tmp_path):
    """without("docker", …): an environment whose PATH has all commands of this machine but these."""
    commands = tmp_path / "commands"
    commands.mkdir()

    def without(*names):
        for folder in map(Path, os.environ["PATH"].split(os.pathsep)):
            for target in folder.iterdir() if folder.is_dir() else []:
                link = commands / target.name
                if target.name not in names and not link.is_symlink():
                    link.symlink_to(target)
        return {"PATH": str(commands)}

    return without


@pytest.fixture
def files(engine, project):
    """files(image): the files of a new container, {path: (type, size, time, mode, owner, link)}."""

    def listed(image):
        name = f"{project}-{uuid.uuid4().hex[:8]}"
        engine("create", "--name", name, image, "none")
        with subprocess.Popen([engine.cli, "export", name], stdout=subprocess.PIPE) as export:
            with tarfile.open(fileobj=export.stdout, mode="r|") as tar:
                found = {m.name: (m.type, m.size, m.mtime, m.mode, m.uid, m.linkname) for m in tar}
            export.stdout.read()
        engine("rm", "-v", name)
        return found

    return listed


# Settings of the person who runs the tests must not affect them.
for _name in ("DOCKER_BUILDKIT", "REGISTRY_MIRROR", "APT_MIRROR", "CA_FILE", "MAKEFLAGS", "MAKELEVEL", "MFLAGS"):
    os.environ.pop(_name, None)
