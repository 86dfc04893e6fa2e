"""`python -m scripts.materials.document NAME ID CREATED PYTHON <TAR`: prints an image's bill of materials.

NAME, ID and CREATED are the image's; PYTHON is the version of a Python that no package manager installed, or empty.
Prints CycloneDX 1.6 as JSON (https://cyclonedx.org/docs/1.6/json/), the same for the same image.
"""

import sys
import uuid
from datetime import datetime

from cyclonedx.model import Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from ..images.tar_stream import Refused
from .packages import Contents, Package, read_packages


def make_bill(name: str, image_id: str, created: str, python: str, contents: Contents) -> Bom:
    """Returns the bill of the image; `created` is in ISO 8601."""
    image = Component(name=name, version=image_id, type=ComponentType.CONTAINER, bom_ref="image")
    bill = Bom(components=[_component(package, contents.distribution) for package in contents.packages])
    if python:
        purl = PackageURL("generic", "", "python", python)
        bill.components.add(Component(name="python", version=python, purl=purl, bom_ref=str(purl)))
    bill.metadata.component = image
    bill.register_dependency(image, bill.components)
    bill.metadata.timestamp = datetime.fromisoformat(created)
    bill.serial_number = uuid.uuid5(uuid.NAMESPACE_OID, image_id)
    return bill


def _component(package: Package, distribution: tuple[str, str]) -> Component:
    if package.kind == "pypi":
        purl = PackageURL("pypi", "", package.name, package.version)
        return Component(name=package.name, version=package.version, purl=purl, bom_ref=str(purl))
    vendor, release = distribution
    qualifiers = {"arch": package.arch, "distro": f"{vendor}-{release}" if release else vendor}
    purl = PackageURL("deb", vendor or "debian", package.name, package.version, qualifiers)
    source = [
        Property(name="source", value=package.source),
        Property(name="source_version", value=package.source_version),
    ]
    return Component(name=package.name, version=package.version, purl=purl, bom_ref=str(purl), properties=source)


if __name__ == "__main__":
    name, image_id, created, python = sys.argv[1:]
    try:
        bill = make_bill(name, image_id, created, python, read_packages(sys.stdin.buffer))
    except Refused as error:
        sys.exit(f"error: {error}")
    print(JsonV1Dot6(bill).output_as_string(indent=2))
