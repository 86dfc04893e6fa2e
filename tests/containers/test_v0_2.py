"""The stage v0.2: a small application in an image, and the lesson that takes the image apart."""

import json
import os
import re
import shutil
import tarfile

import pytest
from engine import LABEL, ROOT, run_command
from lessons import blocks, lesson

FOLDER = ROOT / "docker" / "v0.2"
NAME_IN_TEMPLATE = "Hello, Camille!"


@pytest.fixture
def image(any_builder, build):
    return build("v0.2", any_builder)


@pytest.fixture
def copy(tmp_path):
    """A copy of the stage's folder, for a test that edits it."""
    return shutil.copytree(FOLDER, tmp_path / "prototype")


@pytest.fixture
def build_copy(any_builder, image, project):
    """build_copy(folder, tag, check=True): builds a copy on the same base; the completed process."""
    base = any_builder.inspect(image)["Config"]["Labels"]["org.opencontainers.image.base.name"]

    def build_copy(folder, tag, check=True):
        arguments = ["--label", f"{LABEL}={project}", "--build-arg", f"BASE_IMAGE={base}", "-t", f"{project}:{tag}"]
        return any_builder("build", *arguments, folder, check=check)

    return build_copy


def put_name(folder, name):
    template = folder / "app/templates/home.html"
    text = template.read_text()
    assert text.count(NAME_IN_TEMPLATE) == 1
    template.write_text(text.replace(NAME_IN_TEMPLATE, f"Hello, {name}!"))


def test_image_of_each_builder_serves_the_page(builder, build, start):
    container = start(build("v0.2", builder), port=True)
    page = container.wait_for_answer()
    assert page.status == 200
    assert f"<h1>{NAME_IN_TEMPLATE}</h1>" in page.text
    assert page.text.count("<article>") == 2
    assert "Émile" in page.text


def test_image_configuration(builder, build):
    config = builder.inspect(build("v0.2", builder))["Config"]
    assert config["Entrypoint"] == ["./boot.sh"]
    assert not config["Cmd"]
    assert config["WorkingDir"] == "/app"
    assert config["StopSignal"] == "SIGINT"
    assert list(config["ExposedPorts"]) == ["5000/tcp"]
    assert "FLASK_APP=microblog.py" in config["Env"]
    assert config["Labels"]["org.opencontainers.image.title"] == "Microblog (v0.2)"


def test_flask_is_the_only_process_and_stops_with_status_0(image, start):
    container = start(image, port=True)
    container.wait_for_answer()
    (only,) = container.processes()
    assert only.endswith("flask run -h 0.0.0.0")
    # The later stages have an unprivileged user.
    assert container.exec("id", "-un") == "root\n"
    code, seconds = container.stop()
    assert code == 0
    assert seconds < 5


def test_restarted_container_answers(engine, image, start):
    container = start(image, port=True)
    container.wait_for_answer()
    engine("restart", container.name)
    assert container.wait_for_answer().status == 200


def test_virtual_environment_has_the_locked_versions(image, start):
    container = start(image)
    locked = set(re.findall(r"^([\w-]+==[\w.]+) ", (FOLDER / "requirements.txt").read_text(), re.MULTILINE))
    installed = container.exec("pip", "list", "--format=freeze").lower().splitlines()
    assert set(installed) >= locked
    assert container.exec("sh", "-c", "command -v flask") == "/opt/venv/bin/flask\n"
    # The distribution's Python still refuses pip (PEP 668).
    assert container.exec("sh", "-c", "ls /usr/lib/python3*/EXTERNALLY-MANAGED")


def test_two_instances_run_side_by_side(instance):
    first, second = instance(STAGE="v0.2"), instance(STAGE="v0.2")
    assert first.port != second.port
    assert first.get().status == second.get().status == 200


def test_template_change_shows_after_a_build(copy, build_copy, image, project, start):
    before = start(image, port=True)
    put_name(copy, "Zoë")
    build_copy(copy, "named")
    after = start(f"{project}:named", port=True)
    assert "Hello, Zoë!" in after.wait_for_answer().text
    assert NAME_IN_TEMPLATE in before.wait_for_answer().text


def test_template_change_keeps_earlier_layers_cached(any_builder, copy, build_copy, project):
    # Built here, not at the session's start: on a nearly full disk BuildKit drops old cache entries.
    build_copy(copy, "before")
    put_name(copy, "Ada")
    build_copy(copy, "after")
    old, new = (any_builder.inspect(f"{project}:{tag}")["RootFS"]["Layers"] for tag in ("before", "after"))
    same = [layer for layer, other in zip(old, new, strict=True) if layer == other]
    # The layers of the base, apt, the virtual environment, requirements.txt and Flask.
    assert same[:5] == old[:5]
    assert old != new


def test_stray_files_are_not_copied(copy, build_copy, project, start):
    planted = [".env", ".git/config", "id_rsa", "private.pem", "notes.txt~", "app/.env", "app/app.db", "app/server.key"]
    for name in planted:
        (copy / name).parent.mkdir(exist_ok=True)
        (copy / name).write_text("canary-5db1")
    build_copy(copy, "canaries")
    container = start(f"{project}:canaries")
    found = container.exec("sh", "-c", "cd /app && find . -type f ! -name '*.pyc' | sort").split()
    assert found == [
        "./app/__init__.py",
        "./app/templates/base.html",
        "./app/templates/home.html",
        "./boot.sh",
        "./microblog.py",
        "./requirements.txt",
    ]


def test_boot_script_with_crlf_and_no_execute_bit_boots(copy, build_copy, project, start):
    script = copy / "boot.sh"
    script.write_bytes(script.read_bytes().replace(b"\n", b"\r\n"))
    script.chmod(0o644)
    build_copy(copy, "windows")
    assert start(f"{project}:windows", port=True).wait_for_answer().status == 200


def test_history_shows_every_instruction(engine, image):
    lines = engine("history", "--no-trunc", "--format", "{{.CreatedBy}}", image).stdout
    for text in ("apt-get install", "-m venv", "pip install", "FLASK_APP", "/app", "SIGINT", "5000", "./boot.sh"):
        assert text in lines


def test_saved_image_has_manifest_configuration_and_layers(engine, image, tmp_path):
    engine("save", "-o", tmp_path / "image.tar", image)
    with tarfile.open(tmp_path / "image.tar") as archive:
        archive.extractall(tmp_path / "image", filter="data")
    (manifest,) = json.loads((tmp_path / "image/manifest.json").read_text())
    config = json.loads((tmp_path / "image" / manifest["Config"]).read_text())
    assert manifest["RepoTags"] == [image]
    assert config["config"]["Entrypoint"] == ["./boot.sh"]
    assert config["rootfs"]["diff_ids"] == engine.inspect(image)["RootFS"]["Layers"]
    assert len(manifest["Layers"]) == len(config["rootfs"]["diff_ids"])
    members = []
    for layer in manifest["Layers"]:
        with tarfile.open(tmp_path / "image" / layer) as tar:
            members.append(tar.getnames())
    assert members[-1] == ["app", "app/boot.sh"]
    assert sum("app/boot.sh" in names for names in members) == 2


def run_lesson(text, image, cwd=ROOT, check=True):
    """Runs the lesson's block of commands that contains `text`, for `image`; returns the lines that it prints.

    Leaves out sudo and the commands that clean up.
    """
    (found,) = [block.text for block in blocks(lesson("v0.2")) if block.language == "sh" and text in block.text]
    script = found.replace("microblog:v0.2", image).replace("sudo ", "").replace("rm -r image image.tar", "")
    return run_command(["bash", "-eu", "-c", script], cwd=cwd, check=check).stdout.splitlines()


def test_lesson_commands_unpack_an_image(image, tmp_path):
    run_lesson("docker save", image, tmp_path)
    printed = run_lesson("print(m[", image, tmp_path)
    config, *layers = (tmp_path / "image/names").read_text().split()
    assert json.loads((tmp_path / "image" / config).read_text())["config"]["WorkingDir"] == "/app"
    assert "app/boot.sh" in printed
    assert [int(line) for line in printed[-len(layers) :]][-1] == 2


def test_lesson_commands_find_the_layers_on_disk(engine, image):
    data = engine.inspect(image)["GraphDriver"]["Data"]
    if not data or not os.access(data["UpperDir"], os.R_OK):
        pytest.skip("the engine's disk is elsewhere, closed to this user, or kept by containerd's image store")
    first, *lines = run_lesson("layerdb", image)
    assert first == "app"
    found = [line.split()[1] for line in lines if "sha256:" in line]
    assert found[::-1] == engine.inspect(image)["RootFS"]["Layers"]
    assert f"{data['UpperDir']}/app/boot.sh" in run_lesson("sudo find", image, check=False)
