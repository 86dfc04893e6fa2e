"""Reads a tar as a stream, with bounds on memory and time; never writes a file.

Python's tarfile reads extended headers of any length into memory and recurses over chains of them, so an archive from
a stranger could exhaust this machine.
"""

import hashlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

BLOCK = 512
CHUNK = 1 << 20
# Bytes of a member's extended headers; the kernel allows 64 KiB for an attribute, 4 KiB for a path.
HEADER = 1 << 20
PATH = 4096  # characters of a path or a link target
DEPTH = 256  # components of a path


class Refused(Exception):
    """The archive is damaged or hostile; the message is one line for the user."""


@dataclass(frozen=True)
class Limits:
    """What one archive may hold: the largest public images stay below."""

    unpacked: int = 32 << 30  # bytes, all files together
    paths: int = 500_000
    ratio: int = 200  # unpacked to packed, from `free` bytes on; real layers reach about 20
    free: int = 1 << 30
    json: int = 4 << 20  # bytes of one JSON file
    all_json: int = 16 << 20  # bytes of all JSON files together
    values: int = 500_000  # of all JSON files together: parsed, each takes up to 200 bytes of memory
    text: int = 64 << 20  # characters of paths, link targets and kept files, all layers together


class Readable(Protocol):
    """What has a read method, as files have."""

    def read(self, size: int, /) -> bytes: ...


def printable(text: str) -> str:
    """Returns `text` without what a terminal would obey or what can't be encoded."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


class Stream:
    """Bytes read in order from `source`, at most `size` of them; counts them, and hashes them if `hashed`."""

    def __init__(self, source: Readable, what: str, size: int | None = None, hashed: bool = False) -> None:
        self.what, self.count, self.size = what, 0, size
        self._source = source
        self._sha256 = hashlib.sha256()
        self._hashed = hashed

    def read(self, size: int) -> bytes:
        """Returns `size` bytes, fewer only at the end."""
        if self.size is not None:
            size = min(size, self.size - self.count)
        parts = []
        while size and (part := self._source.read(min(size, CHUNK))):
            parts.append(part)
            size -= len(part)
            self.count += len(part)
            if self._hashed:
                self._sha256.update(part)
        if size and self.size is not None:
            raise Refused(f"{self.what} is truncated")
        return b"".join(parts)

    def skip(self, size: int) -> None:
        """Reads `size` bytes and forgets them."""
        while size:
            step = min(size, CHUNK)
            if len(self.read(step)) < step:
                raise Refused(f"{self.what} is truncated")
            size -= step

    def drain(self, limit: int) -> None:
        """Reads to the end, which must come before `limit` bytes in all."""
        while self.read(CHUNK):
            if self.count > limit:
                raise Refused(f"{self.what} unpacks to more than {limit:,} bytes")

    @property
    def digest(self) -> str:
        """The SHA-256 of what was read so far, as "sha256:…", if the stream is hashed."""
        return f"sha256:{self._sha256.hexdigest()}"


class Gunzip:
    """Unpacks gzip from a stream; refuses what unpacks to far more than real layers do."""

    def __init__(self, source: Stream, limits: Limits, head: bytes = b"") -> None:
        self._source, self._limits = source, limits
        self._packed, self._count = head, 0
        self._member = zlib.decompressobj(wbits=31)

    def read(self, size: int) -> bytes:
        """Returns up to `size` unpacked bytes; none at the end."""
        try:
            while True:
                if self._member.eof:  # gzip files may follow each other
                    self._packed = self._member.unused_data or self._packed or self._source.read(CHUNK)
                    if not self._packed.strip(b"\0"):
                        return b""
                    self._member = zlib.decompressobj(wbits=31)
                self._packed = self._packed or self._source.read(CHUNK)
                ended = not self._packed
                part = self._member.decompress(self._packed, size)
                self._packed = self._member.unconsumed_tail
                if part:
                    break
                if ended and not self._member.eof:
                    raise Refused(f"{self._source.what} is truncated")
        except zlib.error as error:
            raise Refused(f"{self._source.what} is not valid gzip: {error}") from None
        self._count += len(part)
        if self._count > self._limits.free and self._count > self._limits.ratio * self._source.count:
            raise Refused(f"{self._source.what} unpacks to more than {self._limits.ratio} times its size")
        return part


@dataclass(frozen=True, slots=True)
class Entry:
    """A member of a tar. `path` is relative to its root, "" for the root itself; `size` is 0 but for files."""

    path: str
    kind: str  # file, link (hard), symlink, directory, device, fifo
    size: int
    mode: int
    uid: int
    gid: int
    target: str = ""


KINDS = {b"0": "file", b"\0": "file", b"7": "file", b"1": "link", b"2": "symlink", b"3": "device", b"4": "device",
         b"5": "directory", b"6": "fifo"}  # fmt: skip


def clean_path(name: str, what: str) -> str:
    """Returns `name` without leading slashes and dots; refuses one that leaves the root."""
    parts = [part for part in name.split("/") if part not in ("", ".")]
    if ".." in parts:
        raise Refused(f"{what} holds a path that leaves its root: {printable(name[:200])}")
    if len(name) > PATH or len(parts) > DEPTH:
        raise Refused(f"{what} holds a path that is too long: {printable(name[:60])}…")
    return "/".join(parts)


def _number(field: bytes, what: str) -> int:
    """Returns the number in a header's field: octal, or binary if the first bit is set."""
    if field[0] & 0x80:
        return int.from_bytes(bytes([field[0] & 0x7F]) + field[1:], "big")
    try:
        return int(field.strip(b" \0") or b"0", 8)
    except ValueError:
        raise Refused(f"{what} is not a valid tar: a number in a header is {field!r}") from None


def _text(field: bytes) -> str:
    return field.split(b"\0", 1)[0].decode("utf-8", "surrogateescape")


def _records(data: bytes, what: str) -> dict[str, str]:
    """Returns the records of a pax header, each "LENGTH KEY=VALUE"."""
    records, start = {}, 0
    while start < len(data):
        length, space, _ = data[start : start + 20].partition(b" ")
        record = data[start : start + int(length)] if space and length.isdigit() else b""
        key, equals, value = record[len(length) + 1 :].partition(b"=")
        if not equals or not record.endswith(b"\n"):
            raise Refused(f"{what} is not a valid tar: an extended header is damaged")
        records[key.decode("utf-8", "replace")] = value[:-1].decode("utf-8", "surrogateescape")
        start += int(length)
    return records


def _decimal(text: str, what: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 20):
        raise Refused(f"{what} is not a valid tar: a number in an extended header is {printable(text[:40])}")
    return int(text)


def read_entries(stream: Stream, limits: Limits) -> Iterator[Entry]:
    """Yields each member; the stream then stands at its data, of which the caller may read up to its size."""
    what = stream.what
    extended: dict[str, str] = {}
    count = extended_size = 0
    while header := stream.read(BLOCK):
        if len(header) < BLOCK:
            raise Refused(f"{what} is truncated")
        if not header.strip(b"\0"):
            return
        if sum(header) - sum(header[148:156]) + 8 * 32 != _number(header[148:156], what):
            raise Refused(f"{what} is not a valid tar: the checksum of a header is wrong")
        count += 1
        if count > 2 * limits.paths:  # most have an extended header of their own
            raise Refused(f"{what} holds more than {limits.paths:,} paths")
        kind, size = header[156:157], _number(header[124:136], what)
        padding = -size % BLOCK
        if kind in b"xgLK":
            extended_size += size
            if extended_size > HEADER:
                raise Refused(f"{what} has extended headers of {extended_size:,} bytes for one member")
            data = stream.read(size)
            stream.skip(padding)
            if kind == b"x":
                extended |= _records(data, what)
            elif kind != b"g":
                extended["path" if kind == b"L" else "linkpath"] = _text(data)
            continue
        if kind == b"S" or any(key.startswith("GNU.sparse") for key in extended):
            raise Refused(f"{what} holds a sparse file, which image layers don't have")
        if kind not in KINDS:
            raise Refused(f"{what} holds a member of unknown type {kind!r}")
        entry, extended, extended_size = _entry(header, KINDS[kind], size, extended, what), {}, 0
        if entry.size > limits.unpacked - stream.count:
            raise Refused(f"{what} holds a file of {entry.size:,} bytes: {printable(entry.path[:200])}")
        end = stream.count + entry.size + -entry.size % BLOCK
        yield entry
        stream.skip(end - stream.count)


def _entry(header: bytes, kind: str, size: int, extended: dict[str, str], what: str) -> Entry:
    """Returns the member that a header and its extended headers describe."""
    name, prefix = _text(header[:100]), _text(header[345:500]) if header[257:263] == b"ustar\0" else ""
    name = extended.get("path", f"{prefix}/{name}" if prefix else name)
    target = extended.get("linkpath", _text(header[157:257]))
    if len(target) > PATH:
        raise Refused(f"{what} holds a link target that is too long: {printable(target[:60])}…")
    if kind == "file" and name.endswith("/"):
        kind = "directory"
    if kind == "link":
        target = clean_path(target, what)
    if "size" in extended:
        size = _decimal(extended["size"], what)
    uid, gid = (
        _decimal(extended[key], what) if key in extended else _number(header[at : at + 8], what)
        for key, at in (("uid", 108), ("gid", 116))
    )
    return Entry(
        clean_path(name, what), kind, size if kind == "file" else 0, _number(header[100:108], what), uid, gid, target
    )
