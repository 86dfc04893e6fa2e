"""make bundle, the images that it takes: by the names that the builds of a class look for. No engine is needed."""

import pytest
from engine import run_command

OFFICIAL = "python:3.13-slim-trixie"
STAND_IN = "localhost/microblog-base/python:3.13-trixie"
ADD = """. scripts/lib.sh; . scripts/engine.sh
eval "$(sed -n '/^add_image() {/,/^}/p' scripts/bundle)"
choose_engine
images=' another'
status=0
add_image "$@" || status=$?
echo "$status$images"
"""


@pytest.fixture
def add(stub):
    """add(answers, "python:3.13", BASE="hub"): what add_image returns and lists, what it says, the engine's calls."""

    def add(answers, *arguments, **settings):
        variables, calls = stub(answers)
        environment = {name: str(value) for name, value in (variables | settings).items()}
        result = run_command(["sh", "-euc", ADD, "sh", *arguments], env=environment)
        return result.stdout.strip(), result.stderr, calls()

    return add


def test_official_image_is_taken_by_its_name(add):
    printed, _, calls = add("", OFFICIAL, BASE="auto")
    assert printed == f"0 another {OFFICIAL}"
    assert f"tag {OFFICIAL} {OFFICIAL}" in calls


def test_image_of_a_mirror_gets_the_official_name(add):
    printed, _, calls = add("", OFFICIAL, BASE="auto", REGISTRY_MIRROR="mirror.example")
    assert printed == f"0 another {OFFICIAL}"
    assert f"tag mirror.example/library/{OFFICIAL} {OFFICIAL}" in calls


def test_stand_in_keeps_its_name(add):
    recipe = "cd docker/support/base; cat bootstrap slim customize | cksum | tr ' ' -"
    printed, _, calls = add(f"*org.microblog.base*) {recipe} ;;", OFFICIAL, BASE="debian")
    assert printed == f"0 another {STAND_IN}"
    assert not [call for call in calls if call.startswith("tag")]


def test_settings_of_this_site_are_left_out(add):
    site = {"APT_MIRROR": "http://mirror.example", "PIP_INDEX_URL": "http://mirror.example/simple"}
    printed, _, calls = add("", OFFICIAL, BASE="auto", **site)
    assert printed == f"0 another {OFFICIAL}"
    assert not [call for call in calls if call.startswith("build")]


def test_companion_without_its_official_image_is_left_out(add):
    absent = "'image inspect'*) exit 1 ;;\n    pull*) echo 'connection refused' >&2; exit 1 ;;"
    printed, said, _ = add(absent, "mariadb:11.8", "hub", BASE="auto")
    assert printed == "1 another"
    assert said == "No image mariadb:11.8: Docker Hub can't be reached\n"
