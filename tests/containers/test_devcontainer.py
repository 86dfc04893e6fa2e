""".devcontainer: the image builds, and a student works in it, as a tool reads devcontainer.json.

`make lint` checks devcontainer.json against its schema.
"""

import json
import subprocess

import pytest
from conftest import copy_tree
from engine import LABEL, ROOT, wait_until

FOLDER = ROOT / ".devcontainer"
DEFINITION = json.loads((FOLDER / "devcontainer.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def image(base, any_builder, project):
    """The image of the dev container, on the base image of a stage."""
    name = f"{project}:devcontainer"
    arguments = ("--build-arg", f"BASE_IMAGE={base('healthcheck')}", "--label", f"{LABEL}={project}")
    any_builder("build", "-t", name, "-f", FOLDER / DEFINITION["build"]["dockerfile"], *arguments, FOLDER, timeout=1500)
    return name


@pytest.fixture
def terminal(start, image):
    """A terminal in the dev container, after its start."""
    kind = dict(part.split("=", 1) for part in DEFINITION["mounts"][0].split(","))
    # A volume without a name is removed with its container.
    options = [
        "--mount",
        f"type={kind['type']},target={kind['target']}",
        "--workdir",
        f"/home/{DEFINITION['remoteUser']}",
    ]
    options += [option for key, option in (("privileged", "--privileged"), ("init", "--init")) if DEFINITION[key]]
    container = start(image, "sleep", "infinity", options=options)
    container.exec("sh", "-c", DEFINITION["postStartCommand"], user=DEFINITION["remoteUser"])
    return container


def give(source, container, *command):
    """Pipes the output of a command of this machine to one in a container."""
    with subprocess.Popen([str(word) for word in source], stdout=subprocess.PIPE) as process:
        target = [container.engine.cli, "exec", "-i", "-u", DEFINITION["remoteUser"], container.name, *command]
        subprocess.run(target, stdin=process.stdout, check=True, capture_output=True, timeout=540)


@pytest.mark.thorough
@pytest.mark.timeout(2400)
def test_student_runs_a_stage_in_the_dev_container(terminal, base, tmp_path):
    give([terminal.engine.cli, "save", base("healthcheck")], terminal, "docker", "load")
    copy_tree(tmp_path / "microblog")
    give(["tar", "-C", tmp_path, "-cf", "-", "microblog"], terminal, "tar", "-xf", "-")

    def type_in(command):
        return terminal.exec("sh", "-c", f"cd microblog && {command}", user=DEFINITION["remoteUser"])

    assert "ok    engine      Docker" in type_in("make doctor")
    type_in(f"make run STAGE=healthcheck PORT={DEFINITION['forwardPorts'][0]}")
    wait_until(lambda: type_in("curl -fs http://localhost:5000/health"), 30, "the stage's answer")
    assert "Stopped" in type_in("make stop")
