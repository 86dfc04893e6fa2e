"""After a clean stop, app.db alone holds all data."""

import contextlib
import sqlite3

import pytest
from engine import LABEL, wait_until
from visitor import Visitor


@pytest.fixture
def volume(engine, project):
    """A volume for /data, removed with the others of this session."""
    name = f"{project}-clean-stop"
    engine("volume", "create", "--label", f"{LABEL}={project}", name)
    return name


@pytest.fixture
def copied(engine, tmp_path):
    """copied(container, query): copies app.db alone out of a stopped container; the first column of the query."""

    def copied(container, query):
        copy = tmp_path / "copy.db"
        engine("cp", f"{container.name}:/data/app.db", copy)
        with contextlib.closing(sqlite3.connect(copy)) as connection:
            return [value for (value,) in connection.execute(query)]

    return copied


def in_volume(engine, volume, image):
    """Returns the sizes of the files in a volume, by name."""
    script = "import os; print(*(f'{entry.name} {entry.stat().st_size}' for entry in os.scandir('/data')), sep='\\n')"
    listed = engine("run", "--rm", "-v", f"{volume}:/data:ro", "--entrypoint", "python3", image, "-c", script).stdout
    return {name: int(size) for name, size in (line.rsplit(" ", 1) for line in listed.splitlines())}


def test_stopped_container_leaves_all_data_in_the_database_file(any_builder, engine, build, start, volume, copied):
    image = build("optimized", any_builder)
    container = start(image, options=["-v", f"{volume}:/data"], port=True)
    container.wait_for_answer()
    wait_until(lambda: any("app.jobs" in command for command in container.processes()), 30, "the job worker")
    person, bodies = Visitor(), [f"Post {number}" for number in range(20)]
    person.register(container.url, "susan")
    for body in bodies:
        person.post(f"{container.url}/post", body=body)
    assert in_volume(engine, volume, image)["app.db-wal"] > 0
    assert container.stop()[0] == 0
    assert copied(container, "SELECT body FROM post ORDER BY id") == bodies
    assert in_volume(engine, volume, image).get("app.db-wal", 0) == 0

    command = ["user", "create", "john", "john@mail.example", "--password-stdin"]
    options = ["--rm", "-i", "-v", f"{volume}:/data", "--entrypoint", "flask"]
    engine("run", *options, image, *command, stdin="correct horse\n")
    assert copied(container, "SELECT username FROM user ORDER BY id") == ["susan", "john"]
    assert in_volume(engine, volume, image).get("app.db-wal", 0) == 0
