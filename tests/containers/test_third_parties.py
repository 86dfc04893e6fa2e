"""Dockerfiles as other people write them: each builds from this tree, with only FROM changed, and serves.

The files in third_party/ are examples written for these tests.
"""

from pathlib import Path

import pytest
from engine import some_thorough
from visitor import Visitor

FOLDER = Path(__file__).parent / "third_party"
OTHERS = ("steps-entrypoint", "add-entrypoint", "add-cmd")  # of the course's kind


@pytest.fixture
def serve(any_builder, build_from, start, tree):
    """serve(name, of="gunicorn"): builds third_party/NAME.Dockerfile on the base of the stage `of`, and runs it."""

    def serve(name, of="gunicorn"):
        image = build_from(tree, any_builder, FOLDER / f"{name}.Dockerfile", f"third-party-{name}", of=of)
        container = start(image, port=True)
        container.wait_for_answer("/health/ready")
        return container

    return serve


def is_whole(container):
    """Returns True if registration, translations and a clean stop work, and gunicorn serves."""
    person = Visitor()
    person.register(container.url, "susan")
    assert "Créer un compte" in container.get("/auth/login?lang=fr").text
    assert "gunicorn" in container.processes()[0]
    assert container.stop()[0] == 0
    return True


@pytest.mark.parametrize("name", some_thorough(["steps-cmd", *OTHERS], *OTHERS))
def test_course_dockerfile_serves(serve, name):
    container = serve(name)
    assert container.exec("id", "-un") == "microblog\n"
    assert is_whole(container)


def test_dockerfile_can_choose_the_database(serve):
    container = serve("steps-cmd")
    assert {"site.db", "secret_key"} <= set(container.exec("ls", "database").split())
    assert container.exec("find", ".", "-name", "app.db") == ""


def test_compiling_translations_leaves_no_secret(serve):
    container = serve("add-entrypoint")
    assert "compiled" not in container.logs
    made = container.engine(
        "run", "--rm", "--entrypoint", "find", container.engine.inspect(container.name)["Image"], "."
    )
    assert "secret_key" not in [Path(path).name for path in made.stdout.splitlines()]
    assert ".db" not in made.stdout


@pytest.mark.thorough
def test_dockerfile_on_plain_distribution_serves_as_root(serve):
    container = serve("distribution", of="ubuntu-sleep")
    assert container.exec("id", "-un") == "root\n"
    assert container.exec("pwd") == "/app\n"
    assert is_whole(container)


@pytest.mark.thorough
def test_venv_beside_boot_sh_is_used(serve):
    container = serve("venv")
    assert "/home/microblog/venv/bin/" in container.processes()[0]
    assert is_whole(container)
