"""make clean, and the other commands that remove: what make made goes, what other commands made stays."""

import pytest
from engine import LABEL, Container, free_port, run_command


@pytest.fixture
def image(engine, make, project):
    """The name of a small image that make built under an IMAGE of its own, which is cleaned up afterwards."""
    mine = f"{project}-clean"
    make("build", IMAGE=mine, STAGE="ubuntu-sleep", BASE="debian")
    yield f"{mine}:ubuntu-sleep"
    for name in engine("ps", "-aq", "--filter", f"label={LABEL}={mine}").stdout.split():
        engine("rm", "-f", "-v", name)
    make("clean", IMAGE=mine)
    for name in set(engine("images", "-q", "--filter", f"label={LABEL}={mine}").stdout.split()):
        engine("rmi", "-f", name)


@pytest.fixture
def clean(make, image):
    """clean(): what `make clean` says for the project of `image`."""
    return lambda: make("clean", IMAGE=image.split(":")[0]).stderr


@pytest.fixture
def by_hand(engine, project):
    """by_hand(image, name=None): a container that was started without make, with data in an anonymous volume."""

    def run(image, name=None):
        name = name or f"{project}-by-hand"
        engine("run", "-d", "--init", "--name", name, "-v", "/data", image)
        engine("exec", name, "sh", "-c", "echo precious >/data/post")
        return Container(engine, name)

    yield run


def test_clean_keeps_a_container_run_by_hand(clean, by_hand, engine, image):
    container = by_hand(image)
    said = clean()
    assert container.exec("cat", "/data/post") == "precious\n"
    assert engine.exists("image", image)
    assert f"Kept the image {image}: " in said


def test_clean_keeps_an_image_built_from_ours(clean, any_builder, by_hand, engine, image):
    derived = [f"{image.split(':')[0]}:derived", f"{image.split(':')[0]}-derived:latest"]
    for name in derived:
        any_builder("build", "-t", name, "-", stdin=f'FROM {image}\nENV NAME="{name}"\n')
    container = by_hand(derived[0])
    clean()
    assert container.exec("cat", "/data/post") == "precious\n"
    assert [engine.exists("image", name) for name in [image, *derived]] == [False, True, True]


def test_clean_keeps_a_tag_added_by_hand(clean, engine, image):
    kept = f"{image.split(':')[0]}:mine"
    engine("tag", image, kept)
    clean()
    assert [engine.exists("image", name) for name in (image, kept)] == [False, True]


def test_clean_keeps_a_container_of_a_committed_instance(clean, by_hand, engine, image, make):
    """A commit keeps the labels of the container, so they do not tell a copy from the instance."""
    mine, port = image.split(":")[0], free_port()
    make("run", IMAGE=mine, STAGE="ubuntu-sleep", BASE="debian", PORT=port)
    engine("commit", f"{mine}-{port}", f"{mine}:committed")
    container = by_hand(f"{mine}:committed")
    clean()
    assert container.exec("cat", "/data/post") == "precious\n"
    assert engine.exists("image", f"{mine}:committed")
    assert not engine.exists("container", f"{mine}-{port}")


@pytest.mark.parametrize("target", ["run", "stop", "restart"])
def test_container_run_by_hand_is_refused_as_an_instance(by_hand, image, make, target):
    mine, port = image.split(":")[0], free_port()
    container = by_hand(image, f"{mine}-{port}")
    result = make(target, IMAGE=mine, STAGE="ubuntu-sleep", BASE="debian", PORT=port, check=False)
    assert result.returncode != 0
    assert [line for line in result.stderr.splitlines() if line.startswith("error: ")] == [
        f"error: the container {container.name} was not started by make for IMAGE={mine}; "
        "rename or remove it, or choose another PORT"
    ]
    assert container.exec("cat", "/data/post") == "precious\n"


def test_rebuilding_and_running_again_leave_no_unnamed_image(engine, image, make, tree):
    mine = image.split(":")[0]
    port = free_port()
    assigned = [f"IMAGE={mine}", "STAGE=ubuntu-sleep", "BASE=debian", f"PORT={port}"]
    for seconds, target in enumerate(["run", "run", "build"], 3000):
        dockerfile = tree / "docker/ubuntu-sleep/Dockerfile"
        dockerfile.write_text(dockerfile.read_text().replace("FROM bare", f"ENV SECONDS={seconds}\nFROM bare"))
        run_command(["make", target, *assigned], cwd=tree)
    run_command(["make", "stop", *assigned], cwd=tree)
    unnamed = ["images", "-q", "--filter", f"label={LABEL}={mine}", "--filter", "dangling=true"]
    assert engine(*unnamed).stdout == ""


def test_clean_removes_data_only_by_name(engine, image, make):
    mine = image.split(":")[0]
    volumes = [f"{mine}-1", f"{mine}-2"]
    for name in volumes:
        engine("volume", "create", "--label", f"{LABEL}={mine}", name)
    result = make("clean", IMAGE=mine)
    assert not engine.exists("image", image)
    assert f"Kept the data in: {volumes[0]} {volumes[1]} (to remove one: make clean DATA=NAME)" in result.stderr
    make("clean", IMAGE=mine, DATA=volumes[0])
    assert [engine.exists("volume", name) for name in volumes] == [False, True]
    make("clean", IMAGE=mine, DATA=volumes[1])


def test_clean_removes_images_built_on_one_another(clean, engine, image):
    mine, below = image.split(":")[0], image
    for number in range(4):
        name = f"{mine}:{number}"
        engine("build", "-q", "-t", name, "-", stdin=f"FROM {below}\nLABEL org.microblog.image={name}\n")
        below = name
    clean()
    assert not engine("images", "-q", "--filter", f"label={LABEL}={mine}").stdout
