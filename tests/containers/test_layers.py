"""`make layers`, `history` and `inspect`: real images, and tars of theirs in both layouts."""

import json
import tarfile

import pytest
from archives import docker_files, member, oci_files, pack, tar

DOCKERFILE = """FROM scratch
COPY one /one
COPY two /one
COPY one /folder/three
LABEL a=b
"""


@pytest.fixture(scope="module")
def image(builder, project, tmp_path_factory):
    """A small image of three layers, the second of which replaces a file; its name and its tar."""
    folder = tmp_path_factory.mktemp("context")
    (folder / "one").write_text("1" * 1000)
    (folder / "two").write_text("2" * 300)
    (folder / "Dockerfile").write_text(DOCKERFILE)
    name = f"{project}:layers-{builder.builder}"
    builder("build", "-q", "--label", f"org.microblog.project={project}", "-t", name, str(folder))
    builder("save", "-o", str(folder / "image.tar"), name)
    return name, folder / "image.tar"


def report(make, **variables):
    return json.loads(make("layers", JSON=1, **variables).stdout)


def test_layers_of_an_image_are_taken_apart(make, image):
    found = report(make, NAME=image[0])
    assert found["names"] == [image[0]]
    steps = [(layer["size"], layer["shadowed"], layer["added"], layer["changed"]) for layer in found["layers"]]
    assert steps[:3] == [(1000, 1000, 1, 0), (300, 0, 0, 1), (1000, 0, 2, 0)]
    assert all(layer["instruction"].startswith("COPY ") for layer in found["layers"][:3])
    assert found["biggest"][0] == {"path": "folder/three", "size": 1000, "layer": 3}
    assert (found["size"], found["shadowed"], found["wasted"]) == (2300, 1000, 1300)
    assert found["efficiency"] == pytest.approx(1300 / 2300)


def test_file_is_read_without_an_engine(make, image, without):
    found = report(make, FILE=image[1], env=without("docker", "podman"))
    assert found == report(make, NAME=image[0])


def test_both_layouts_of_a_real_image_agree(make, image, tmp_path):
    """The layers of the engine's own tar, packed again as OCI's layout, compressed."""
    with tarfile.open(image[1]) as saved:
        manifest = json.load(saved.extractfile("manifest.json"))[0]
        layers = [saved.extractfile(path).read() for path in manifest["Layers"]]
    (tmp_path / "oci.tar").write_bytes(pack(oci_files(*layers)).getvalue())
    before, after = report(make, NAME=image[0]), report(make, FILE=tmp_path / "oci.tar")
    for name in ("size", "shadowed", "efficiency", "wasted", "biggest", "wasteful"):
        assert before[name] == after[name]
    assert after["gzip_size"] < after["size"]


def test_tree_lists_the_changes_of_a_layer(make, image):
    shown = make("layers", NAME=image[0], TREE=2).stdout
    assert "Layer 2: + added, ~ changed, - removed\n~      300 B  one\n" in shown
    assert "Layer 1:" not in shown


def test_history_and_inspect_show_what_the_engine_says(make, engine, image):
    steps = engine("history", "-q", image[0]).stdout.split()
    shown = make("history", NAME=image[0]).stdout.splitlines()[1:]
    assert [line.split()[0] for line in shown] == steps
    assert json.loads(make("inspect", NAME=image[0]).stdout) == json.loads(engine("image", "inspect", image[0]).stdout)


def test_image_of_a_stage_is_taken_apart(make, build, any_builder):
    tag = build("ubuntu-sleep", any_builder, "bare").split(":")[1]
    found = report(make, STAGE="ubuntu-sleep", TARGET="bare", TAG=tag)
    assert found["biggest"][0]["size"] > 1_000_000
    assert found["size"] > 50_000_000


@pytest.mark.parametrize(
    ("variables", "line"),
    [
        ({"NAME": "nowhere:1"}, "error: the engine has no image nowhere:1; 'make images' lists this project's"),
        ({"FILE": "nowhere.tar"}, "error: can't read FILE=nowhere.tar; give a tar that 'docker save'"),
        ({"FILE": "README.md"}, "error: the archive is not a valid tar"),
        ({"TREE": "9"}, "error: TREE=9 is not a layer; give a number from 1 to 1, or all"),
        ({"NAME": "other:1"}, "error: the archive holds 2 images; choose one with NAME: one:1; two:1"),
        ({"JSON": "yes"}, "error: JSON=yes is not valid; use one of: 0 1"),
    ],
)
def test_wrong_argument_is_refused_in_one_line(make, tmp_path, variables, line):
    files = docker_files(tar(member("file", 1)), name="one:1")
    if variables.get("NAME") == "other:1":
        manifest = json.loads(files["manifest.json"])
        files["manifest.json"] = json.dumps([*manifest, manifest[0] | {"RepoTags": ["two:1"]}]).encode()
    if variables.get("NAME") != "nowhere:1":
        (tmp_path / "image.tar").write_bytes(pack(files).getvalue())
        variables = {"FILE": tmp_path / "image.tar"} | variables
    result = make("layers", check=False, **variables)
    assert result.returncode != 0
    assert [text[: len(line)] for text in result.stderr.splitlines() if text.startswith("error: ")] == [line]
    assert "Traceback" not in result.stderr


def test_history_has_no_file(make):
    result = make("history", FILE="image.tar", check=False)
    assert "error: make history asks the engine for an image; leave out FILE" in result.stderr


def test_failing_save_is_reported_in_the_engines_words(make, stub):
    variables, _ = stub("'save x:1') echo 'Error response from daemon: disk quota exceeded' >&2; exit 1 ;;")
    result = make("layers", NAME="x:1", check=False, **variables)
    assert "error: disk quota exceeded" in result.stderr.splitlines()


def test_nothing_is_unpacked(make, tmp_path):
    """The command writes nothing where it may write."""
    layer = tar(member("etc/passwd", 9), member("tmp/x", 9))
    (tmp_path / "image.tar").write_bytes(pack(docker_files(layer)).getvalue())
    empty = tmp_path / "tmp"
    empty.mkdir(0o700)
    report(make, FILE=tmp_path / "image.tar", env={"TMPDIR": str(empty)})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["image.tar", "tmp"]
    assert list(empty.iterdir()) == []


@pytest.mark.parametrize(("there", "saved"), [("exit 0", "thing:latest"), ("exit 1", "thing")])
def test_name_without_a_tag_is_latest_where_that_exists(make, stub, there, saved):
    variables, calls = stub(f"*inspect*thing:latest) {there} ;;")
    make("layers", NAME="thing", check=False, **variables)
    assert f"save {saved}" in calls()
