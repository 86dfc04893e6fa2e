"""Makes tars of layers and of saved images, well-formed ones and others."""

import gzip
import hashlib
import io
import json
import tarfile


def member(path, size=0, kind=tarfile.REGTYPE, *, target="", mode=0o644, uid=0, data=None):
    """Returns a member of a tar and its data."""
    info = tarfile.TarInfo(path)
    info.type, info.linkname, info.mode, info.uid = kind, target, mode, uid
    data = b"x" * size if data is None else data
    info.size = len(data)
    return info, data


def folder(path, mode=0o755):
    """Returns a directory."""
    return member(path, kind=tarfile.DIRTYPE, mode=mode)


def whiteout(path):
    """Returns the member that removes a path of the layers below."""
    above, slash, name = path.rpartition("/")
    return member(f"{above}{slash}.wh.{name}")


def opaque(path):
    """Returns the member that hides what the layers below have in a directory."""
    return member(f"{path}/.wh..wh..opq")


def tar(*members) -> bytes:
    """Returns a tar of the members."""
    output = io.BytesIO()
    with tarfile.open(fileobj=output, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for info, data in members:
            archive.addfile(info, io.BytesIO(data))
    return output.getvalue()


def digest(data) -> str:
    return hashlib.sha256(data).hexdigest()


def configuration(layers, history=None) -> bytes:
    """Returns the configuration of an image with these layers."""
    steps = [{"created_by": f"RUN step {number}"} for number in range(1, len(layers) + 1)]
    value = {
        "os": "linux",
        "architecture": "amd64",
        "config": {},
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{digest(layer)}" for layer in layers]},
        "history": steps if history is None else history,
    }
    return json.dumps(value).encode()


def docker_files(*layers, name="test:1", history=None) -> dict:
    """Returns the files of Docker's own layout, manifest last, as `docker save` of engines before 25 wrote them."""
    config = configuration(layers, history)
    files = {f"{number}/layer.tar": layer for number, layer in enumerate(layers)}
    manifest = [{"Config": f"{digest(config)}.json", "RepoTags": [name], "Layers": list(files)}]
    return files | {f"{digest(config)}.json": config, "manifest.json": json.dumps(manifest).encode()}


def oci_files(*layers, name="test:1", compress=gzip.compress, history=None) -> dict:
    """Returns the files of OCI's layout, with an attestation as BuildKit adds one."""
    files = {}

    def blob(data):
        files[f"blobs/sha256/{digest(data)}"] = data
        return {"digest": f"sha256:{digest(data)}", "size": len(data)}

    config = blob(configuration(layers, history))
    manifest = blob(json.dumps({"config": config, "layers": [blob(compress(layer)) for layer in layers]}).encode())
    attestation = blob(b'{"config": null, "layers": []}') | {
        "annotations": {"vnd.docker.reference.type": "attestation-manifest"}
    }
    index = blob(json.dumps({"manifests": [manifest, attestation]}).encode())
    index["annotations"] = {"org.opencontainers.image.ref.name": name}
    files["index.json"] = json.dumps({"manifests": [index]}).encode()
    files["oci-layout"] = b'{"imageLayoutVersion": "1.0.0"}'
    return files


def pack(files: dict) -> io.BytesIO:
    """Returns the archive with these files."""
    return io.BytesIO(tar(*(member(path, data=data) for path, data in files.items())))
