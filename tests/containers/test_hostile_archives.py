"""Archives that lie, lead outside or would fill the memory are refused in one line, and quickly."""

import gzip
import io
import json
import resource
import subprocess
import sys
import tarfile

import pytest
from archives import configuration, digest, docker_files, folder, member, oci_files, pack, tar
from engine import ROOT

from scripts.images.archive import read_image
from scripts.images.filesystem import stack_layers
from scripts.images.tar_stream import Limits, Refused

COMMAND = [sys.executable, "-m", "scripts.images.layers"]
LAYER = tar(member("file", 3))


def with_manifest(manifest):
    return pack(docker_files(LAYER) | {"manifest.json": json.dumps(manifest).encode()})


def with_members(*members):
    """Returns an archive with further members after those of an image."""
    return io.BytesIO(tar(*(member(path, data=data) for path, data in docker_files(LAYER).items()), *members))


def layer_of(*members):
    return pack(docker_files(tar(*members)))


def header(name=b"file", size=b"00000000000\0", kind=b"0"):
    """Returns the header of a tar as it is asked for, with the right checksum."""
    block = bytearray(512)
    block[: len(name)] = name
    block[100:124] = b"0000644\0" + b"0000000\0" * 2
    block[124:136] = size
    block[148:156] = b" " * 8
    block[156:157] = kind
    block[257:265] = b"ustar\00000"
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


def raw_layer(data):
    return pack(docker_files(data))


HUGE = b"\x80" + b"\xff" * 11
OTHER_LAYER = docker_files(LAYER) | {"0/layer.tar": tar(member("file", 4))}
WRONG_BLOB = {
    path: data + b" " if data.startswith(b'{"os"') else data for path, data in oci_files(LAYER).items()
}  # fmt: skip
CYCLE = [member("a.tar", kind=b"2", target="b.tar"), member("b.tar", kind=b"2", target="a.tar")]
CONFIG = configuration([LAYER])
MANIFEST = b'[{"Config": "c.json", "RepoTags": null, "Layers": ["a.tar"]}]'
LINKED = [member("manifest.json", data=MANIFEST), member("c.json", data=CONFIG)]
DAMAGED = docker_files(LAYER) | {"0/layer.tar": gzip.compress(LAYER)[:-8] + bytes(8)}
NO_DIGEST = {"index.json": b'{"manifests": [{"digest": "md5:../x"}]}'}
DEEP = b"[" * 200_000

CASES = {
    "empty": (io.BytesIO(b""), "holds no image"),
    "no tar": (io.BytesIO(b"not a tar" * 100), "not a valid tar"),
    "truncated": (io.BytesIO(pack(docker_files(LAYER)).getvalue()[:1400]), "truncated"),
    "truncated gzip": (io.BytesIO(gzip.compress(pack(docker_files(LAYER)).getvalue())[:-40]), "truncated"),
    "damaged gzip": (pack(DAMAGED), "not valid gzip"),
    "path out of the root": (layer_of(member("../etc/passwd", 1)), "a path that leaves its root: ../etc/passwd"),
    "path out of a folder": (layer_of(member("a/../../b", 1)), "a path that leaves its root"),
    "hard link out of the root": (layer_of(member("a", kind=tarfile.LNKTYPE, target="../b")), "leaves its root: ../b"),
    "file out of the archive": (with_members(member("../x", 1)), "a path that leaves its root"),
    "link out of the archive": (with_members(member("x", kind=b"2", target="../y")), "leaves its root"),
    "absolute link": (with_members(member("x", kind=b"2", target="/etc/passwd")), "a link that leaves it: x"),
    "hard link": (with_members(member("x", kind=tarfile.LNKTYPE, target="y")), "holds a link: x"),
    "device": (with_members(member("x", kind=tarfile.CHRTYPE)), "holds a device: x"),
    "pipe": (with_members(member("x", kind=tarfile.FIFOTYPE)), "holds a fifo: x"),
    "cycle of links": (io.BytesIO(tar(*CYCLE, *LINKED)), "a cycle of links"),
    "manifest twice": (with_members(member("manifest.json", data=b"[]")), "holds manifest.json twice"),
    "no manifest": (pack({"0/layer.tar": LAYER}), "holds no image"),
    "manifest of another type": (with_manifest({"Config": 1}), "manifest.json is not a list"),
    "manifest with a number": (with_manifest([{"Config": 1, "Layers": []}]), "Config is not a string"),
    "manifest with strings": (with_manifest(["x"]), "manifest.json is not a JSON object"),
    "missing layer": (with_manifest([{"Config": f"{digest(CONFIG)}.json", "Layers": ["no.tar"]}]), "lacks layer 1"),
    "missing configuration": (with_manifest([{"Config": "../x.json", "Layers": []}]), "lacks ../x.json"),
    "digest of another form": (pack(NO_DIGEST), "no SHA-256 digest: md5:"),
    "deep JSON": (pack({"manifest.json": DEEP}), "manifest.json is not valid JSON"),
    "long number in JSON": (pack({"manifest.json": b"[" + b"1" * 5000 + b"]"}), "manifest.json is not valid JSON"),
    "long JSON": (pack({"manifest.json": b" " * (5 << 20)}), "manifest.json is a JSON file of 5,242,880 bytes"),
    "another layer than recorded": (pack(OTHER_LAYER), "not those that the configuration lists"),
    "blob unlike its digest": (pack(WRONG_BLOB), "is not what its digest says"),
    "zstd": (pack(docker_files(LAYER) | {"0/layer.tar": b"\x28\xb5\x2f\xfd" * 9}), "layer 1 is compressed by zstd"),
    "absurd size": (raw_layer(header(size=HUGE)), "holds a file of "),
    "negative size": (raw_layer(header(size=b"\xff" * 12)), "holds a file of "),
    "size that is no number": (raw_layer(header(size=b"zzzzzzzzzzz\0")), "a number in a header is "),
    "wrong checksum": (raw_layer(b"x" + header()[1:]), "the checksum of a header is wrong"),
    "long extended header": (raw_layer(header(size=HUGE, kind=b"x")), "extended headers of "),
    "damaged extended header": (
        raw_layer(header(size=b"00000000003\0", kind=b"x") + b"9 a" + bytes(509)),
        "is damaged",
    ),
    "sparse file": (raw_layer(header(kind=b"S")), "holds a sparse file"),
    "unknown type": (raw_layer(header(kind=b"Z")), "unknown type b'Z'"),
    "deep path": (layer_of(member("a/" * 300 + "b", 1)), "a path that is too long"),
    "long path": (layer_of(member("/".join(["a" * 200] * 30), 1)), "a path that is too long"),
    "long target": (layer_of(member("a", kind=b"2", target="b" * 4097)), "a link target that is too long: bbb"),
    "long target of a file": (layer_of(member("a", target="b" * 4097)), "a link target that is too long: bbb"),
}


@pytest.mark.parametrize(("archive", "reason"), CASES.values(), ids=CASES)
def test_hostile_archive_is_refused(archive, reason):
    archive.seek(0)
    with pytest.raises(Refused) as refusal:
        read_image(archive)
    assert reason in str(refusal.value)
    assert str(refusal.value).isprintable()


@pytest.mark.parametrize("target", ["b" * 4096, "../" * 1365 + "b"])
def test_target_as_long_as_the_kernel_allows_is_read(target):
    [layer] = read_image(layer_of(member("a", kind=b"2", target=target))).layers
    assert layer.entries[0].target == target


def extended_header(number, size):
    """Returns a header, a pax record of `size` bytes with a key of its own, and the padding."""
    record = f"{size} {number}=".encode()
    record += b"x" * (size - len(record) - 1) + b"\n"
    return header(size=b"%011o\0" % size, kind=b"x") + record + bytes(-size % 512)


def test_extended_headers_of_a_member_are_bounded_together():
    data = b"".join(extended_header(number, 1 << 19) for number in range(3))
    with pytest.raises(Refused, match="extended headers of 1,572,864 bytes"):
        read_image(raw_layer(data + header()))


def test_extended_headers_of_different_members_are_not_added_up():
    data = b"".join(extended_header(number, 1 << 19) + header(b"%d" % number) for number in range(3))
    [layer] = read_image(raw_layer(data)).layers
    assert [entry.path for entry in layer.entries] == ["0", "1", "2"]


def test_json_files_are_bounded_together():
    stray = {f"{number}.json": b" " * 60 + b"0" for number in range(3)}
    config, manifest = len(configuration([LAYER])), len(docker_files(LAYER)["manifest.json"])
    all_of_it = 3 * 61 + config + manifest
    read_image(pack(docker_files(LAYER) | stray), limits=Limits(all_json=all_of_it))
    with pytest.raises(Refused, match=f"the archive holds more than {all_of_it - 1} bytes of JSON"):
        read_image(pack(docker_files(LAYER) | stray), limits=Limits(all_json=all_of_it - 1))


@pytest.mark.parametrize(
    "layer",
    [
        tar(member("a" * 90)),
        tar(member("a", kind=b"2", target="b" * 89)),
        tar(member("etc/passwd", 80)),
    ],
    ids=["paths", "targets", "contents"],
)
def test_text_of_all_layers_is_bounded_together(layer):
    other = tar(member("b" * 9), member("c"))
    read_image(pack(docker_files(layer, other)), limits=Limits(text=100))
    with pytest.raises(Refused, match="the archive holds more than 99 characters of paths and other text"):
        read_image(pack(docker_files(layer, other)), limits=Limits(text=99))


def test_more_paths_than_allowed_are_refused():
    layers = [tar(*(member(f"{layer}-{number}") for number in range(60))) for layer in range(2)]
    with pytest.raises(Refused, match="in 120 paths, more than can be read safely"):
        read_image(pack(docker_files(*layers)), limits=Limits(paths=100))


def test_folders_that_no_member_names_count_as_paths():
    image = read_image(pack(docker_files(tar(*(member(f"{number}/" * 200 + "x") for number in range(5))))))
    with pytest.raises(Refused, match="more than 900 paths"):
        stack_layers(image.layers, limits=Limits(paths=900))


def read_confined(path):
    """Runs the command on a file with 200 MB of memory and 60 s of processor time; returns its status and lines."""

    def confine():
        resource.setrlimit(resource.RLIMIT_AS, (200_000_000,) * 2)
        resource.setrlimit(resource.RLIMIT_CPU, (60, 60))

    command = [sys.executable, "-m", "scripts.images.layers", "--", str(path)]
    result = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, preexec_fn=confine, timeout=300
    )
    return result.returncode, result.stderr.splitlines()


def zeros(size):
    """Returns `size` zero bytes, compressed, a thousandth as long."""
    output = io.BytesIO()
    with gzip.GzipFile(fileobj=output, mode="wb", mtime=0) as file:
        for _ in range(size >> 20):
            file.write(bytes(1 << 20))
    return output.getvalue()


BOMB = gzip.compress(header(size=b"%011o\0" % (3 << 30))) + zeros(1100 << 20)


@pytest.mark.parametrize(
    "files",
    [docker_files(LAYER) | {"0/layer.tar": BOMB}, {"0/layer.tar": BOMB}],
    ids=["a layer", "a stray file"],
)
def test_bomb_is_refused_in_little_memory(tmp_path, files):
    (tmp_path / "image.tar").write_bytes(pack(files).getvalue())
    status, lines = read_confined(tmp_path / "image.tar")
    assert (status, lines) == (1, ["error: 0/layer.tar unpacks to more than 200 times its size"])


def test_compressed_bomb_of_an_archive_is_refused(tmp_path):
    (tmp_path / "image.tar").write_bytes(BOMB)
    assert read_confined(tmp_path / "image.tar") == (1, ["error: the archive unpacks to more than 200 times its size"])


SNOWMAN = "\N{SNOWMAN}".encode()
VALUES, BYTES = "500,000 values", "16,777,216 bytes"


@pytest.mark.parametrize(
    ("value", "bound"),
    [(b"[]", VALUES), (b'{"":0}', VALUES), (b'"%b"' % SNOWMAN, VALUES), (b'"%b"' % (20 * SNOWMAN), BYTES)],
    ids=["lists", "objects", "texts", "long texts"],
)
@pytest.mark.parametrize("name", ["manifest.json", "index.json"])
def test_much_json_is_refused_in_little_memory(tmp_path, value, bound, name):
    data = b"[" + b",".join([value] * ((4 << 20) // (len(value) + 1) - 1)) + b"]"
    files = {name: data} | {str(number): data for number in range(40)}
    (tmp_path / "image.tar").write_bytes(gzip.compress(pack(files).getvalue(), 1))
    assert read_confined(tmp_path / "image.tar") == (1, [f"error: the archive holds more than {bound} of JSON"])


def test_names_that_a_terminal_obeys_are_escaped(tmp_path):
    layer = tar(folder("a\x1b[2J"), member("a\x1b[2J/\udcff\r", 5))
    (tmp_path / "image.tar").write_bytes(pack(docker_files(layer, name="x\x1b]0;y\a")).getvalue())
    command = [*COMMAND, str(tmp_path / "image.tar"), "--tree", "all"]
    shown = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert "a\\x1b[2J" in shown
    assert all(line.isprintable() for line in shown.splitlines())
