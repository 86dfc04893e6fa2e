"""Reads an image from the tar that `docker save` or `podman save` writes.

Three layouts: Docker's (manifest.json, one tar a layer, some of them links to others), OCI's (index.json, blobs named
by their digest), and both at once, which current engines write. Layers may be compressed by gzip.
"""

import re
from dataclasses import dataclass, replace
from typing import BinaryIO

from .documents import Document
from .saved_files import BLOBS, Files, Layer, Look, read_files
from .tar_stream import Limits, Refused, printable

LAYERS = 1000  # engines stop at 128
NAMES = ("io.containerd.image.name", "org.opencontainers.image.ref.name")


@dataclass
class Image:
    """An image: its names, its configuration and its layers, the lowest first."""

    names: list[str]
    config: Document
    layers: list[Layer]


def read_image(
    file: BinaryIO, name: str = "", measure_gzip: bool = False, limits: Limits | None = None, look: Look | None = None
) -> Image:
    """Reads the archive to its end; returns its image, or the one called `name` if it holds several.

    `measure_gzip` compresses what is not compressed, to know the size that a registry would hold. `look` sees the
    content of each file.
    """
    files = read_files(file, measure_gzip, limits or Limits(), look)
    found = list(_docker_images(files) if "manifest.json" in files.documents else _oci_images(files))
    if not found:
        raise Refused("the archive holds no image: neither manifest.json nor index.json names one")
    if len(found) > 1:
        names = [printable(", ".join(names) or "(no name)") for names, _, _ in found]
        found = [image for image in found if name in image[0]]
        if len(found) != 1:
            raise Refused(f"the archive holds {len(names)} images; choose one with NAME: {'; '.join(names[:20])}")
    names, config_path, layer_paths = found[0]
    return _assemble(files, names, config_path, layer_paths)


Found = tuple[list[str], str, list[str]]  # names, path of the configuration, paths of the layers


def _docker_images(files: Files) -> list[Found]:
    manifest = files.documents["manifest.json"]
    return [(image["RepoTags"].texts, image["Config"].text, image["Layers"].texts) for image in manifest.items]


def _oci_images(files: Files) -> list[Found]:
    """Returns the images of an OCI layout, without attestations; an index may list further indexes."""
    waiting: list[tuple[str, list[str]]] = [("index.json", [])] if "index.json" in files.documents else []
    found: list[Found] = []
    seen: set[str] = set()
    while waiting:
        path, names = waiting.pop()
        if path in seen or len(seen) > LAYERS:
            continue
        seen.add(path)
        document = _document(files, path)
        if document["manifests"].value is None:
            layers = [_blob(layer) for layer in document["layers"].items]
            found.append((names, _blob(document["config"]), layers))
        for manifest in document["manifests"].items:
            annotations = manifest["annotations"].pairs
            if "vnd.docker.reference.type" not in annotations:
                called = [annotations[key] for key in NAMES if key in annotations]
                waiting.append((_blob(manifest), called or names))
    return found


def _blob(descriptor: Document) -> str:
    digest = descriptor["digest"].text
    if not re.fullmatch(r"sha256:[0-9a-f]{64}", digest):
        raise Refused(f"{descriptor.what} has no SHA-256 digest: {printable(digest[:100])}")
    return BLOBS + digest.removeprefix("sha256:")


def _document(files: Files, path: str) -> Document:
    path = files.resolve(path)
    if path not in files.documents:
        raise Refused(f"the archive lacks {printable(path[:200])}, which its manifest names")
    return files.documents[path]


def _assemble(files: Files, names: list[str], config_path: str, layer_paths: list[str]) -> Image:
    """Checks that the parts belong together, and gives each layer its instruction."""
    config = _document(files, config_path)
    if len(layer_paths) > LAYERS:
        raise Refused(f"the image has {len(layer_paths):,} layers")
    layers = []
    for number, name in enumerate(layer_paths, 1):
        path = files.resolve(name)
        if path in files.unreadable:
            raise Refused(f"layer {number} {files.unreadable[path]}: {printable(path[:200])}")
        if path not in files.layers:
            raise Refused(f"the archive lacks layer {number}, {printable(path[:200])}")
        layer = files.layers[path]
        # The same layer may occur twice, each time with an instruction of its own.
        layers.append(replace(layer))
    expected = config["rootfs"]["diff_ids"].texts
    if expected != [layer.digest for layer in layers]:
        raise Refused("the layers are not those that the configuration lists (rootfs.diff_ids)")
    history = [step for step in config["history"].items if step["empty_layer"].value is not True]
    # An image that was flattened or imported may have less history than layers.
    if len(history) == len(layers):
        for layer, step in zip(layers, history, strict=True):
            layer.instruction = instruction(step["created_by"].text) or step["comment"].text or layer.instruction
    return Image(names, config, layers)


def instruction(created_by: str) -> str:
    """Returns the instruction as the Dockerfile has it, in one line, from what the builders record of it.

    The legacy builder records "/bin/sh -c #(nop) COPY …" and "|1 ARG=value /bin/sh -c command", BuildKit
    "RUN /bin/sh -c command # buildkit".
    """
    text = re.sub(r"\s+", " ", created_by).strip()
    text = text.removesuffix("# buildkit").rstrip()
    if match := re.match(r"/bin/\w+(?: -\S+| pipefail)* #\(nop\) +(.*)", text):
        return match[1]
    # An option holds no slash: a stranger's text would be read again from each "/bin/".
    return re.sub(r"^(?:RUN )?(?:\|\d+ .*?)?/bin/\w+ (?:-[^\s/]+ |pipefail )*-\w*c ", "RUN ", text)
