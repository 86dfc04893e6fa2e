"""What the tests of the images and of the machinery share: an engine, its builders, `make`, names of their own.

Everything that a test makes bears this session's name: nothing else is touched, and all of it goes at the end.
"""

import functools
import os
import shutil
import uuid
from pathlib import Path

import pytest
from engine import LABEL, ROOT, Container, Engine, command_lines, find_builder, free_port, run_command


@pytest.fixture(scope="session")
def engine() -> Engine:
    """The engine, by the command line that people have first on their PATH. Without one these tests fail."""
    for cli in command_lines()[:1]:
        if Engine(cli)("version", check=False).returncode == 0:
            return Engine(cli)
    pytest.fail("these tests need a container engine, and none answers: make doctor")


@pytest.fixture(scope="session")
def project(engine) -> str:
    """IMAGE for this session; containers, images, networks and volumes that bear it are removed at the end."""
    name = f"mbtest-{uuid.uuid4().hex[:8]}"
    yield name
    # Images go without their parents: those are the legacy builder's cache.
    ours = ("-q", "--filter", f"label={LABEL}={name}")
    for listing, removal in [
        (("ps", "-a"), ("rm", "-f", "-v")),
        (("images",), ("rmi", "-f", "--no-prune")),
        (("volume", "ls"), ("volume", "rm")),
        (("network", "ls"), ("network", "rm")),
    ]:
        there = None
        # An image that others were built on goes once they have gone.
        while (ids := sorted(set(engine(*listing, *ours).stdout.split()))) and ids != there:
            engine(*removal, *ids, check=False)
            there = ids


@pytest.fixture(scope="session")
def make(project):
    """make("run", STAGE="v0.2", PORT=5001): the target with these variables, for this session's project.

    `check=False` lets it fail; `env` adds to the environment. Returns the completed process, output as text.
    """

    def call(*targets, check=True, env=None, stdin="", cwd=ROOT, **variables):
        variables = {"IMAGE": project} | variables
        assigned = [f"{name}={value}" for name, value in variables.items()]
        return run_command(["make", *targets, *assigned], check=check, env=env, stdin=stdin, cwd=cwd)

    return call


@functools.cache
def _builder(name):
    return find_builder(name)


@pytest.fixture(scope="session", params=["buildkit", "legacy"])
def builder(request, engine) -> Engine:
    """The engine with each of its builders in turn: a test that takes this runs twice."""
    return _builder(request.param) or pytest.skip(f"no docker command on the PATH can build with {request.param}")


@pytest.fixture(scope="session")
def any_builder(engine) -> Engine:
    """The engine with its newest builder, for tests whose subject is not the build."""
    return _builder("buildkit") or _builder("legacy") or pytest.fail("no docker command on the PATH can build")


@pytest.fixture(scope="session")
def build(make, project):
    """build("v0.2", builder, target=None): makes the stage's image with this builder, once a session; its name."""

    @functools.cache
    def cached(stage, cli, builder, target):
        tag = "-".join(filter(None, [stage, target, builder]))
        env = {"DOCKER_BUILDKIT": "0" if builder == "legacy" else "1"}
        make("build", STAGE=stage, TARGET=target or "", TAG=tag, DOCKER=cli, env=env)
        return f"{project}:{tag}"

    def build(stage, builder, target=None):
        return cached(stage, builder.cli, builder.builder, target)

    return build


@pytest.fixture
def start(engine, project):
    """start(image, *arguments, options=(), port=True): a container, run detached; removed when the test is over.

    `options` go to `docker run`; with `port` its port 5000 is published on 127.0.0.1.
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
def instance(engine, make, project):
    """instance(STAGE=…, ENV=…): what `make run` starts, as a container, on a port of its own; stopped afterwards."""
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
def tree(tmp_path) -> Path:
    """A copy of this tree as git knows it, changes that are not committed included, for a test that edits it."""
    copy = tmp_path / "tree"
    names = run_command(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]).stdout.split("\0")
    for name in filter(None, names):
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, copy / name)
    return copy


@pytest.fixture
def without(tmp_path):
    """without("docker", …): an environment whose PATH holds all that this machine's does, less these commands."""
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


@pytest.fixture(scope="session")
def base(build, any_builder):
    """base("gunicorn"): the name of the base image that `make build` finds for this stage."""

    def name_of(stage, target=None):
        image = build(stage, any_builder, target)
        return any_builder.inspect(image)["Config"]["Labels"]["org.opencontainers.image.base.name"]

    return name_of


@pytest.fixture(scope="session")
def build_from(base, project):
    """build_from(folder, builder, dockerfile, tag, of="gunicorn"): builds a context with the base of the stage `of`.

    Returns the image's name.
    """

    def build_from(folder, builder, dockerfile, tag, of="gunicorn"):
        image, argument = f"{project}:{tag}", f"BASE_IMAGE={base(of)}"
        label = f"{LABEL}={project}"
        builder("build", "-t", image, "-f", dockerfile, "--build-arg", argument, "--label", label, folder)
        return image

    return build_from


# A stray setting of the person who runs the tests must not decide what they prove.
for _name in ("DOCKER_BUILDKIT", "REGISTRY_MIRROR", "APT_MIRROR", "CA_FILE", "MAKEFLAGS", "MAKELEVEL", "MFLAGS"):
    os.environ.pop(_name, None)
