"""Dockerfiles as others write them for this application: built from this tree with nothing but FROM given, and served.

The files in third_party/ are our own, each one way of doing it; instructions that are alike come from the cache.
"""

from pathlib import Path

import pytest
from visitor import Visitor

FOLDER = Path(__file__).parent / "third_party"


@pytest.fixture
def serve(any_builder, build_from, start, tree):
    """serve(name, of="gunicorn"): builds third_party/NAME.Dockerfile upon the base of that stage, and runs it."""

    def serve(name, of="gunicorn"):
        image = build_from(tree, any_builder, FOLDER / f"{name}.Dockerfile", f"third-party-{name}", of=of)
        container = start(image, port=True)
        container.wait_for_answer("/health/ready")
        return container

    return serve


def is_whole(container):
    """Whether people can use it: an account, a page in another language, gunicorn underneath, a clean end."""
    person = Visitor()
    person.register(container.url, "susan")
    assert "S’inscrire" in container.get("/auth/login?lang=fr").text
    assert "gunicorn" in container.processes()[0]
    assert container.stop()[0] == 0
    return True


@pytest.mark.parametrize("name", ["steps-entrypoint", "steps-cmd", "add-entrypoint", "add-cmd"])
def test_the_course_s_ways_of_copying_and_starting_serve(serve, name):
    container = serve(name)
    assert container.exec("id", "-un") == "microblog\n"
    assert is_whole(container)


def test_a_database_of_its_own_is_where_its_dockerfile_says(serve):
    container = serve("steps-cmd")
    assert {"site.db", "secret_key"} <= set(container.exec("ls", "database").split())
    assert container.exec("find", ".", "-name", "app.db") == ""


def test_translations_compiled_while_building_need_no_setting_and_leave_no_secret(serve):
    container = serve("add-entrypoint")
    assert "compiled" not in container.logs
    made = container.engine(
        "run", "--rm", "--entrypoint", "find", container.engine.inspect(container.name)["Image"], "."
    )
    assert "secret_key" not in made.stdout
    assert ".db" not in made.stdout


def test_everything_in_app_on_a_plain_distribution_serves_as_root(serve):
    container = serve("distribution", of="ubuntu-sleep")
    assert container.exec("id", "-un") == "root\n"
    assert container.exec("pwd") == "/app\n"
    assert is_whole(container)


def test_dependencies_in_a_venv_beside_boot_sh_are_used(serve):
    container = serve("venv")
    assert "/home/microblog/venv/bin/" in container.processes()[0]
    assert is_whole(container)
