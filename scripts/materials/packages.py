"""Reads the Python and Debian packages of an image from its file system, as `docker export` writes it."""

import email.parser
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from ..images.tar_stream import Limits, Stream, read_entries

# Debian's database, and the form without the package manager that small images have.
DPKG = re.compile(r"var/lib/dpkg/(status|status\.d/[^/]+)")
PYTHON = re.compile(r".*\.dist-info/METADATA")
OS_RELEASE = ("etc/os-release", "usr/lib/os-release")
LARGEST = 20_000_000  # bytes of a file that describes packages


@dataclass(frozen=True, order=True)
class Package:
    """A package: `kind` is "pypi" or "deb"; `source` names the Debian source package, with its version."""

    kind: str
    name: str
    version: str
    arch: str = ""
    source: str = ""
    source_version: str = ""


@dataclass
class Contents:
    """The packages of an image, sorted, and its distribution, such as ("debian", "13"); empty where it names none."""

    packages: list[Package]
    distribution: tuple[str, str]


def read_packages(file: BinaryIO) -> Contents:
    """Reads a tar of a file system to its end, from a file or a pipe. Raises Refused if it is damaged or hostile."""
    found: set[Package] = set()
    distribution = ("", "")
    limits = Limits()
    stream = Stream(file, "the export")
    for entry in read_entries(stream, limits):
        is_wanted = DPKG.fullmatch(entry.path) or PYTHON.fullmatch(entry.path) or entry.path in OS_RELEASE
        if not is_wanted or entry.kind != "file" or entry.size > LARGEST:
            continue
        text = stream.read(entry.size).decode(errors="replace")
        if entry.path in OS_RELEASE:
            distribution = _distribution(text)
        elif DPKG.fullmatch(entry.path):
            found.update(_debian_packages(text))
        else:
            found.update(_python_package(text))
    stream.drain(limits.unpacked)
    return Contents(sorted(found), distribution)


def _distribution(text: str) -> tuple[str, str]:
    values = {key: value.strip("\"'") for key, _, value in (line.partition("=") for line in text.splitlines())}
    return values.get("ID", ""), values.get("VERSION_ID", "")


def _debian_packages(text: str) -> Iterator[Package]:
    """Yields the installed packages (https://manpages.debian.org/deb-control.5)."""
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        fields = email.parser.Parser().parsestr(paragraph, headersonly=True)
        name, version = fields.get("Package", ""), fields.get("Version", "")
        if not name or not fields.get("Status", "install ok installed").endswith(" installed"):
            continue
        source, _, rest = fields.get("Source", name).partition(" ")
        yield Package("deb", name, version, fields.get("Architecture", ""), source, rest.strip("()") or version)


def _python_package(text: str) -> Iterator[Package]:
    """Yields the package of a METADATA file (https://packaging.python.org/specifications/core-metadata/)."""
    fields = email.parser.Parser().parsestr(text, headersonly=True)
    if fields.get("Name") and fields.get("Version"):
        yield Package("pypi", re.sub(r"[-_.]+", "-", fields["Name"]).lower(), fields["Version"])
