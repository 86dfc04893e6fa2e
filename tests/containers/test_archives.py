"""Images taken apart without an engine: both layouts, the layers on top of each other, dive's figures."""

import gzip
import json

import pytest
from archives import docker_files, folder, member, oci_files, opaque, pack, tar, whiteout

from scripts.images.archive import instruction, read_image
from scripts.images.efficiency import measure_efficiency
from scripts.images.filesystem import stack_layers
from scripts.images.tar_stream import Refused

BASE = tar(folder("etc"), member("etc/motd", 100), member("etc/old", 50), folder("var"), member("var/cache", 400))
CHANGE = tar(folder("etc"), member("etc/motd", 120), whiteout("etc/old"), member("etc/new", 7))


def image_of(*layers):
    return read_image(pack(docker_files(*layers)))


def marks(*layers):
    """Returns what the last layer did, as "+path"."""
    stack = stack_layers(image_of(*layers).layers, frozenset([len(layers)]))
    return [change.mark + change.path for change in stack.summaries[-1].changes]


@pytest.mark.parametrize(
    "archive",
    [
        docker_files(BASE, CHANGE),
        oci_files(BASE, CHANGE),
        oci_files(BASE, CHANGE, compress=bytes),
        docker_files(BASE, CHANGE) | oci_files(BASE, CHANGE, compress=bytes),
    ],
    ids=["docker", "oci", "oci, not compressed", "both"],
)
def test_layouts_give_the_same_layers(archive):
    image = read_image(pack(archive))
    assert image.names == ["test:1"]
    assert [layer.instruction for layer in image.layers] == ["RUN step 1", "RUN step 2"]
    assert [len(layer.entries) for layer in image.layers] == [5, 4]


def test_whole_archive_may_be_compressed():
    archive = pack(docker_files(BASE))
    archive.seek(0)
    compressed = pack({})
    compressed = type(compressed)(gzip.compress(archive.getvalue()))
    assert len(read_image(compressed).layers) == 1


def test_layer_that_is_a_link_is_found():
    """`docker save` writes a layer once, and `podman save` links to it from the old place."""
    files = docker_files(BASE)
    layer = files.pop("0/layer.tar")
    link = member("0/layer.tar", kind=b"2", target="../abc.tar")
    archive = type(pack({}))(
        tar(link, member("abc.tar", data=layer), *(member(path, data=data) for path, data in files.items()))
    )
    assert len(read_image(archive).layers) == 1


def test_one_of_several_images_is_chosen_by_name():
    one, other = docker_files(BASE, name="one:1"), docker_files(BASE, CHANGE, name="other:1")
    manifest = json.loads(one["manifest.json"]) + json.loads(other["manifest.json"])
    files = one | other | {"manifest.json": json.dumps(manifest).encode()}
    assert len(read_image(pack(files), "other:1").layers) == 2
    with pytest.raises(Refused, match="2 images; choose one with NAME: one:1; other:1"):
        read_image(pack(files))


def test_additions_changes_and_removals_are_told_apart():
    assert sorted(marks(BASE, CHANGE)) == ["+etc/new", "-etc/old", "~etc/motd"]


def test_removed_directory_takes_its_content_with_it():
    assert sorted(marks(BASE, tar(whiteout("etc")))) == ["-etc", "-etc/motd", "-etc/old"]


@pytest.mark.parametrize("first", [True, False])
def test_opaque_directory_hides_only_lower_layers(first):
    members = [opaque("etc"), member("etc/new", 1)]
    changes = marks(BASE, tar(folder("etc"), *(members if first else reversed(members))))
    assert sorted(changes) == ["+etc/new", "-etc/motd", "-etc/old"]


def test_file_in_place_of_a_directory_removes_its_content():
    assert sorted(marks(BASE, tar(member("etc", 1)))) == ["-etc/motd", "-etc/old", "~etc"]


def test_directory_counts_as_changed_only_if_it_changed():
    assert marks(BASE, tar(folder("etc"), member("etc/new", 1))) == ["+etc/new"]
    assert marks(BASE, tar(folder("etc", mode=0o700))) == ["~etc"]


def test_shadowed_bytes_belong_to_the_layer_that_wrote_them():
    summaries = stack_layers(image_of(BASE, CHANGE).layers).summaries
    assert [(summary.size, summary.shadowed) for summary in summaries] == [(550, 150), (127, 0)]


def test_registry_size_is_measured_for_unpacked_layers():
    unpacked = read_image(pack(docker_files(BASE)), measure_gzip=True)
    packed = read_image(pack(oci_files(BASE)))
    assert abs(unpacked.layers[0].gzip_size - packed.layers[0].gzip_size) < 100
    assert read_image(pack(docker_files(BASE))).layers[0].gzip_size is None


def test_long_paths_are_read():
    path = "/".join(["folder"] * 60)
    assert marks(tar(member(path, 1))) == [f"+{path}"]


@pytest.mark.parametrize(
    ("recorded", "shown"),
    [
        ("/bin/sh -c #(nop) COPY file:1 in /x ", "COPY file:1 in /x"),
        ("/bin/sh -c apt-get update \t && true", "RUN apt-get update && true"),
        ("|1 VERSION=3 /bin/sh -c echo $VERSION", "RUN echo $VERSION"),
        ("RUN /bin/sh -c make # buildkit", "RUN make"),
        ("RUN |2 A=1 B=2 /bin/bash -eux -o pipefail -c make # buildkit", "RUN make"),
        ("/bin/bash -eux -o pipefail -c make", "RUN make"),
        ("COPY app app # buildkit", "COPY app app"),
        ("WORKDIR /app", "WORKDIR /app"),
    ],
)
def test_instruction_is_shown_as_in_the_dockerfile(recorded, shown):
    assert instruction(recorded) == shown


def test_instructions_that_do_not_fit_the_layers_are_left_out():
    files = docker_files(BASE, CHANGE, history=[{"created_by": "RUN one"}])
    assert {layer.instruction for layer in read_image(pack(files)).layers} == {"(not recorded)"}


def test_efficiency_is_that_of_dive_for_its_own_test_image():
    """The steps of dive's .data/Dockerfile.test-image, and the figures that its Test_Analysis expects."""
    readme = 6405
    example = [folder("root"), folder("root/example")]
    layers = [
        tar(member("bin", 1_154_361)),
        tar(member("somefile.txt", readme)),
        tar(*example, folder("root/example/really"), folder("root/example/really/nested")),
        tar(*example, member("root/example/somefile1.txt", readme)),
        tar(*example, member("root/example/somefile1.txt", readme, mode=0o444)),
        tar(*example, member("root/example/somefile2.txt", readme)),
        tar(*example, member("root/example/somefile3.txt", readme)),
        tar(*example, whiteout("root/example/somefile3.txt"), member("root/saved.txt", readme)),
        tar(folder("root"), member("root/.saved.txt", readme)),
        tar(folder("root"), whiteout("root/example")),
        tar(folder("root"), folder("root/.data"), member("root/.data/tag.sh", 2187)),
        tar(folder("tmp"), member("tmp/saved.again1.txt", readme)),
        tar(folder("root"), folder("root/.data"), member("root/.data/saved.again2.txt", readme)),
        tar(folder("root"), member("root/saved.txt", readme, mode=0o755)),
    ]
    image = image_of(*layers)
    efficiency = measure_efficiency(image.layers)
    assert sum(summary.size for summary in stack_layers(image.layers).summaries) == 1_220_598
    assert efficiency.wasted == 32_025
    assert efficiency.score == pytest.approx(0.9844212134184309, abs=1e-15)


def test_image_without_bytes_is_efficient():
    assert measure_efficiency(image_of(tar(member("nothing"))).layers).score == 1


def test_archive_of_many_images_is_read():
    """As `docker save` writes one of 300 images with the most layers that engines allow."""
    files = docker_files(BASE)
    layers = [f"{number:064x}/layer.tar" for number in range(127)]
    others = [{"Config": "x.json", "RepoTags": [f"other:{number}"], "Layers": layers} for number in range(300)]
    manifest = json.dumps(json.loads(files["manifest.json"]) + others).encode()
    assert len(manifest) > 2 << 20
    assert read_image(pack(files | {"manifest.json": manifest}), "test:1").names == ["test:1"]
