"""Rewrites an image so that equal contents give equal bytes: `docker save NAME | python -m scripts.images.stamp …`.

Engines record the time of the build, names of containers and the order in which they met the files. In the result,
files are sorted, all times are the one given, and the configuration holds what runs and what describes the image.
"""

import argparse
import hashlib
import io
import json
import sys
import tarfile
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

# Of the OCI specification, and what Docker adds for a container; not the build's containers, hosts and parents.
KEPT = ("architecture", "author", "config", "os", "variant")
KEPT_CONFIG = (
    "Cmd", "Entrypoint", "Env", "ExposedPorts", "Healthcheck", "Labels", "Shell", "StopSignal", "User", "Volumes",
    "WorkingDir",
)  # fmt: skip


class Unreadable(Exception):
    """The archive is not one of `docker save` or `podman save --format docker-archive`."""


def stamp_layer(layer: IO[bytes], seconds: int, result: IO[bytes]) -> None:
    """Write the files of a layer to `result`: sorted, hard links last, changed at `seconds`."""
    with tarfile.open(fileobj=layer) as source:
        members = sorted(source.getmembers(), key=lambda member: (member.islnk(), member.name))
        with tarfile.open(fileobj=result, mode="w", format=tarfile.PAX_FORMAT) as target:
            for member in members:
                extended = {k: v for k, v in member.pax_headers.items() if k.startswith("SCHILY.xattr.")}
                member.mtime, member.uname, member.gname, member.pax_headers = seconds, "", "", extended
                target.addfile(member, source.extractfile(member) if member.isreg() else None)


def stamp_config(config: dict[str, Any], diff_ids: list[str], seconds: int, labels: dict[str, str]) -> bytes:
    """Return the configuration with these layers, times and further labels."""
    created = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    stamped = {key: config[key] for key in KEPT if config.get(key)}
    stamped["config"] = {key: config["config"][key] for key in KEPT_CONFIG if config["config"].get(key)}
    stamped["config"]["Labels"] = stamped["config"].get("Labels", {}) | labels
    stamped["created"] = created
    kept = ("created_by", "comment", "empty_layer")
    steps = [{key: step[key] for key in kept if step.get(key)} for step in config.get("history") or []]
    stamped["history"] = [step | {"created": created} for step in steps]
    stamped["rootfs"] = {"type": "layers", "diff_ids": diff_ids}
    return json.dumps(stamped, sort_keys=True, separators=(",", ":")).encode()


def stamp(archive: IO[bytes], name: str, seconds: int, labels: dict[str, str], result: Path) -> str:
    """Write the image in `archive` to the file `result`, called `name`, for `docker load`; return its id."""
    with tarfile.open(fileobj=archive) as saved, tarfile.open(result, "w", format=tarfile.PAX_FORMAT) as target:
        try:
            [manifest] = json.loads(open_member(saved, "manifest.json").read())
        except (KeyError, ValueError):
            raise Unreadable("the archive holds no image, or several") from None
        paths, diff_ids = [], []
        for path in manifest["Layers"]:
            with tempfile.TemporaryFile() as layer:
                stamp_layer(open_member(saved, path), seconds, layer)
                layer.seek(0)
                digest = hashlib.file_digest(layer, "sha256").hexdigest()
                diff_ids.append(f"sha256:{digest}")
                paths.append(f"{digest}.tar")
                if paths[-1] not in paths[:-1]:
                    _add(target, paths[-1], layer)
        config = stamp_config(json.loads(open_member(saved, manifest["Config"]).read()), diff_ids, seconds, labels)
        identity = hashlib.sha256(config).hexdigest()
        _add(target, f"{identity}.json", io.BytesIO(config))
        index = [{"Config": f"{identity}.json", "Layers": paths, "RepoTags": [name]}]
        _add(target, "manifest.json", io.BytesIO(json.dumps(index).encode()))
    return f"sha256:{identity}"


def open_member(archive: tarfile.TarFile, path: str) -> IO[bytes]:
    """Return a file of the archive. Raises KeyError or Unreadable if it is not there."""
    file = archive.extractfile(path)  # follows a link to a layer that occurs twice
    if file is None:
        raise Unreadable(f"the archive lacks {path}")
    return file


def _add(archive: tarfile.TarFile, path: str, content: IO[bytes]) -> None:
    member = tarfile.TarInfo(path)
    member.size = content.seek(0, io.SEEK_END)
    content.seek(0)
    archive.addfile(member, content)


def main() -> None:
    """Read the archive from a file, because it is read out of order; print the image's id."""
    parser = argparse.ArgumentParser(prog="scripts.images.stamp", description=__doc__)
    parser.add_argument("--time", type=int, required=True, help="of all files and steps, in seconds since 1970")
    parser.add_argument("--name", required=True, help="of the image in the result: NAME:TAG")
    parser.add_argument("--label", action="append", default=[], metavar="NAME=VALUE")
    parser.add_argument("archive", type=Path)
    parser.add_argument("result", type=Path)
    options = parser.parse_args()
    labels = dict(label.split("=", 1) for label in options.label)
    with open(options.archive, "rb") as archive:
        try:
            print(stamp(archive, options.name, options.time, labels, options.result))
        except (Unreadable, tarfile.TarError) as error:
            sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
