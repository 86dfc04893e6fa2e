"""Reads the files in the tar that `docker save` or `podman save` writes, in one pass over a file or a pipe."""

import io
import posixpath
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import BinaryIO

from .documents import Document, parse
from .tar_stream import (
    BLOCK,
    Entry,
    Gunzip,
    Limits,
    Readable,
    Refused,
    Stream,
    clean_path,
    printable,
    read_entries,
)

GZIP, ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
FILES = 10_000  # layers, JSON and others
# Files of a layer whose content is kept: who is who, and what is installed.
KEPT = {"etc/passwd", "etc/group", "var/lib/dpkg/status", "lib/apk/db/installed"}
BLOBS = "blobs/sha256/"


@dataclass
class Layer:
    """A layer: its members in the order of the tar, and its sizes in bytes."""

    entries: list[Entry]
    digest: str  # of the unpacked tar: the "diff id"
    tar_size: int
    packed_size: int  # in the archive, compressed or not
    gzip_size: int | None = None  # compressed; None if it is not and nobody asked
    instruction: str = "(not recorded)"
    contents: dict[str, str] = field(default_factory=dict)  # of the files in KEPT, where no caller looks


# Called with each file of a layer and its content, which it may read or leave.
Look = Callable[[Entry, Readable], None]


@dataclass
class Files:
    """What an archive holds, by path."""

    documents: dict[str, Document] = field(default_factory=dict)
    layers: dict[str, Layer] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    unreadable: dict[str, str] = field(default_factory=dict)  # why
    look: Look | None = None
    json: int = 0  # bytes of all documents
    values: int = 0  # at most, of all documents
    text: int = 0  # characters of all paths, link targets and contents in the layers

    def resolve(self, name: str) -> str:
        """Returns where links lead from `name`."""
        seen = set()
        while name in self.links:
            if name in seen:
                raise Refused(f"the archive holds a cycle of links: {printable(name)}")
            seen.add(name)
            name = self.links[name]
        return name


class _Joined:
    """What was read ahead, then the rest."""

    def __init__(self, head: bytes, rest: Readable) -> None:
        self._head, self._rest = io.BytesIO(head), rest

    def read(self, size: int, /) -> bytes:
        return self._head.read(size) or self._rest.read(size)


def read_files(file: BinaryIO, measure_gzip: bool, limits: Limits, look: Look | None = None) -> Files:
    """Reads every file of the archive: JSON and layers."""
    source: Readable = file
    head = file.read(2)
    if head == GZIP:
        source = Gunzip(Stream(file, "the archive"), limits, head)
        head = b""
    stream = Stream(_Joined(head, source), "the archive")
    files, unpacked = Files(look=look), 0
    for count, entry in enumerate(read_entries(stream, limits)):
        if count > FILES:
            raise Refused(f"the archive holds more than {FILES:,} files")
        if entry.kind == "directory":
            continue
        path = entry.path
        if path in files.documents or path in files.layers or path in files.links or path in files.unreadable:
            raise Refused(f"the archive holds {printable(path)} twice")
        if entry.kind == "symlink":
            target = posixpath.normpath(posixpath.join(posixpath.dirname(path), entry.target))
            if target.startswith("/"):
                raise Refused(f"the archive holds a link that leaves it: {printable(path)}")
            files.links[path] = clean_path(target, "the archive")
        elif entry.kind == "file":
            packed = Stream(stream, printable(path), entry.size, hashed=path.startswith(BLOBS))
            _read_file(files, path, packed, measure_gzip, limits)
        else:
            raise Refused(f"the archive holds a {entry.kind}: {printable(path)}")
        unpacked += files.layers[path].tar_size if path in files.layers else entry.size
        paths = sum(len(layer.entries) for layer in files.layers.values())
        if unpacked > limits.unpacked or paths > limits.paths:
            raise Refused(f"the archive unpacks to {unpacked:,} bytes in {paths:,} paths, more than can be read safely")
    stream.drain(limits.unpacked)
    return files


def _read_file(files: Files, path: str, packed: Stream, measure_gzip: bool, limits: Limits) -> None:
    """Reads one file of the archive, by what it starts with."""
    head = packed.read(BLOCK)
    if head[:1] in (b"{", b"[") or path.endswith(".json"):
        if (packed.size or 0) > limits.json:
            raise Refused(f"{packed.what} is a JSON file of {packed.size:,} bytes")
        files.json += packed.size or 0
        if files.json > limits.all_json:
            raise Refused(f"the archive holds more than {limits.all_json:,} bytes of JSON")
        data = head + packed.read(limits.json)
        files.values += sum(data.count(mark) for mark in b",[{")
        if files.values > limits.values:
            raise Refused(f"the archive holds more than {limits.values:,} values of JSON")
        files.documents[path] = parse(data, packed.what)
    elif head[:2] == GZIP:
        files.layers[path] = _read_layer(files, Gunzip(packed, limits, head), packed.what, limits)
        files.layers[path].gzip_size = packed.size
    elif head[:4] == ZSTD:
        files.unreadable[path] = "is compressed by zstd, which this command does not read; save it with gzip or none"
    elif head[257:262] == b"ustar" or (len(head) == BLOCK and not head.strip(b"\0")):
        measured = _Measured(_Joined(head, packed), measure_gzip)
        files.layers[path] = _read_layer(files, measured, packed.what, limits)
        files.layers[path].gzip_size = measured.size
    else:
        files.unreadable[path] = "is neither JSON nor a tar"
    packed.drain(limits.unpacked)
    if path in files.layers:
        files.layers[path].packed_size = packed.count
    if path.startswith(BLOBS) and packed.digest != f"sha256:{path.removeprefix(BLOBS)}":
        raise Refused(f"{packed.what} is not what its digest says")


class _Measured:
    """Passes on what is read, and counts what gzip would make of it, if that is wanted."""

    def __init__(self, source: Readable, wanted: bool) -> None:
        self._source = source
        self._gzip = zlib.compressobj(6, wbits=31) if wanted else None
        self._count = 0

    def read(self, size: int, /) -> bytes:
        part = self._source.read(size)
        if self._gzip:
            self._count += len(self._gzip.compress(part))
        return part

    @property
    def size(self) -> int | None:
        """The compressed size of all that was read; None if it is not wanted."""
        return self._count + len(self._gzip.copy().flush()) if self._gzip else None


def _read_layer(files: Files, source: Readable, what: str, limits: Limits) -> Layer:
    """Reads the members of a layer, to the end of its tar."""
    stream = Stream(source, what, hashed=True)
    layer = Layer([], "", 0, 0)
    for entry in read_entries(stream, limits):
        layer.entries.append(entry)
        kept = not files.look and entry.path in KEPT and entry.size <= limits.json
        files.text += len(entry.path) + len(entry.target) + (entry.size if kept else 0)
        if files.text > limits.text:
            raise Refused(f"the archive holds more than {limits.text:,} characters of paths and other text")
        if files.look and entry.kind == "file":
            files.look(entry, Stream(stream, what, entry.size))
        elif kept:
            layer.contents[entry.path] = stream.read(entry.size).decode("utf-8", "replace")
    stream.drain(limits.unpacked)
    layer.digest, layer.tar_size = stream.digest, stream.count
    return layer
