"""Fixtures for the builders of the engine, and the images that they build."""

import functools
import os
import shutil

import pytest
from engine import LABEL, Engine, find_builder

# Stages that .ci/run builds with the legacy builder too, and tests of it that take seconds.
BY_EACH_BUILDER = ("test_optimized", "test_hardened", "test_layers", "test_make")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Marks the tests of other stages with the legacy builder as thorough."""
    for item in items:
        parameters = item.callspec.params if hasattr(item, "callspec") else {}
        if parameters.get("builder") == "legacy" and item.path.stem not in BY_EACH_BUILDER:
            item.add_marker("thorough")


@functools.cache
def _builder(name):
    return find_builder(name)


@pytest.fixture(scope="session")
def newest(tmp_path_factory) -> dict[str, str]:
    """An environment whose docker command is that of the newest builder, which shares its cache with `build`."""
    builder = _builder("buildkit")
    if not builder:
        return {}
    folder = tmp_path_factory.mktemp("newest")
    (folder / "docker").symlink_to(shutil.which(builder.cli))
    return {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}


@pytest.fixture(scope="session", params=["buildkit", "legacy"])
def builder(request, engine) -> Engine:
    """The engine with each of its builders: a test that takes this runs twice."""
    return _builder(request.param) or pytest.skip(f"no docker command on the PATH can build with {request.param}")


@pytest.fixture(scope="session")
def any_builder(engine) -> Engine:
    """The engine with its newest builder, for tests whose subject is not the build."""
    return _builder("buildkit") or _builder("legacy") or pytest.fail("no docker command on the PATH can build")


@pytest.fixture(scope="session")
def build(make, project):
    """build("v0.2", builder, target=None): builds the stage with this builder, once a session; the image's name."""

    @functools.cache
    def cached(stage, cli, builder, target):
        tag = "-".join(filter(None, [stage, target, builder]))
        env = {"DOCKER_BUILDKIT": "0" if builder == "legacy" else "1"}
        make("build", STAGE=stage, TARGET=target or "", TAG=tag, DOCKER=cli, env=env)
        return f"{project}:{tag}"

    def build(stage, builder, target=None):
        return cached(stage, builder.cli, builder.builder, target)

    return build


@pytest.fixture(scope="session")
def base(build, any_builder):
    """base("gunicorn"): the name of the base image that `make build` uses for this stage."""

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
