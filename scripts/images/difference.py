"""Prints the first difference between two images, from the tars that `docker save` wrote; status 1 if there is one."""

import argparse
import json
import sys
import tarfile
from itertools import zip_longest
from pathlib import Path

from .stamp import open_member

FIELDS = ("type", "mode", "uid", "gid", "size", "mtime", "linkname", "pax_headers")


def in_documents(first: object, second: object, where: str) -> str | None:
    """Return the path of the first value in which two JSON documents differ, with both values, or None."""
    if isinstance(first, dict) and isinstance(second, dict):
        for key in sorted(first | second):
            if found := in_documents(first.get(key), second.get(key), f"{where}.{key}"):
                return found
        return None
    if isinstance(first, list) and isinstance(second, list):
        for number, (one, other) in enumerate(zip_longest(first, second)):
            if found := in_documents(one, other, f"{where}[{number}]"):
                return found
        return None
    return None if first == second else f"{where}: {json.dumps(first)} and {json.dumps(second)}"


def in_layers(first: tarfile.TarFile, second: tarfile.TarFile, where: str) -> str | None:
    """Return the first file in which two layers differ, in which field, with both values, or None."""
    for one, other in zip_longest(first, second):
        if one is None or other is None or one.name != other.name:
            names = [member.name if member else "the end" for member in (one, other)]
            return f"{where}: {names[0]} and {names[1]}, in the order of the files"
        for field in FIELDS:
            values = getattr(one, field), getattr(other, field)
            if values[0] != values[1]:
                return f"{where}: {one.name}: {field}: {values[0]!r} and {values[1]!r}"
        if one.isreg():
            contents = [tar.extractfile(member) for tar, member in ((first, one), (second, other))]
            position = 0
            while True:
                chunks = [file.read(1 << 16) if file else b"" for file in contents]
                if chunks[0] != chunks[1]:
                    same = next((i for i, (a, b) in enumerate(zip(*chunks, strict=False)) if a != b), 0)
                    return f"{where}: {one.name}: content, from byte {position + same}"
                if not chunks[0]:
                    break
                position += len(chunks[0])
    return None


def difference(first: Path, second: Path) -> str | None:
    """Return the first difference between the images in two archives: of a layer, else of the configuration."""
    with tarfile.open(first) as one, tarfile.open(second) as other:
        manifests = [json.load(open_member(archive, "manifest.json"))[0] for archive in (one, other)]
        for number, paths in enumerate(zip(*(manifest["Layers"] for manifest in manifests), strict=False), 1):
            layers = [open_member(archive, path) for archive, path in zip((one, other), paths, strict=True)]
            with tarfile.open(fileobj=layers[0]) as a, tarfile.open(fileobj=layers[1]) as b:
                if found := in_layers(a, b, f"layer {number}"):
                    return found
        configs = [
            json.load(open_member(archive, manifest["Config"]))
            for archive, manifest in zip((one, other), manifests, strict=True)
        ]
        return in_documents(configs[0], configs[1], "configuration")


def main() -> None:
    """Compare two archives."""
    parser = argparse.ArgumentParser(prog="scripts.images.difference", description=__doc__)
    parser.add_argument("first", type=Path)
    parser.add_argument("second", type=Path)
    options = parser.parse_args()
    found = difference(options.first, options.second)
    if found:
        print(found)
        sys.exit(1)


if __name__ == "__main__":
    main()
