"""The bill of materials of an image, and the questions about it to a vulnerability database."""

import io
import json
import re
import tarfile

import pytest
from advisories import FLASK
from engine import LABEL, ROOT, free_port, put_command

STATUS = """\
Package: libssl3t64
Status: install ok installed
Architecture: amd64
Source: openssl (3.5.1-1)
Version: 3.5.1-1+b1
Description: a library
 Package: not-a-field

Package: gone
Status: deinstall ok config-files
Version: 1

Package: bash
Status: install ok installed
Architecture: amd64
Version: 5.2.37-2
"""


@pytest.fixture
def image(engine, project):
    """image({"etc/os-release": "…"}): an image with these files and no program."""
    names = []

    def image(files):
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w") as archive:
            for path, text in files.items():
                member = tarfile.TarInfo(path)
                member.size = len(text.encode())
                archive.addfile(member, io.BytesIO(text.encode()))
        names.append(f"{project}:sbom-{len(names)}")
        engine("import", "-", names[-1], stdin=buffer.getvalue().decode())
        return names[-1]

    yield image
    for name in names:
        engine("rmi", name, check=False)


@pytest.fixture
def small(image):
    """An image of Debian 13 with two Debian packages and one of Python."""
    metadata = "Metadata-Version: 2.1\nName: Flask_Login\nVersion: 0.6.3\n\nVersion: 9\n"
    return image(
        {
            "etc/os-release": 'ID=debian\nVERSION_ID="13"\n',
            "var/lib/dpkg/status": STATUS,
            "usr/lib/python3/dist-packages/Flask_Login-0.6.3.dist-info/METADATA": metadata,
        }
    )


def bill_of(result):
    """Returns the bill that `make sbom` or `make audit` wrote."""
    [path] = re.findall(r"^Wrote (\S+): ", result.stdout, re.MULTILINE)
    return json.loads((ROOT / path).read_text())


def purls(bill):
    return {component["purl"] for component in bill["components"]}


def test_bill_lists_what_is_installed_in_an_image_without_programs(make, small):
    bill = bill_of(make("sbom", NAME=small))
    assert purls(bill) == {
        "pkg:deb/debian/bash@5.2.37-2?arch=amd64&distro=debian-13",
        "pkg:deb/debian/libssl3t64@3.5.1-1%2Bb1?arch=amd64&distro=debian-13",
        "pkg:pypi/flask-login@0.6.3",
    }
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")


def test_image_depends_on_each_package_of_its_bill(make, small):
    result = make("sbom", NAME=small)
    bill = bill_of(result)
    dependencies = {entry["ref"]: set(entry.get("dependsOn", [])) for entry in bill["dependencies"]}
    assert dependencies == {"image": purls(bill)} | {purl: set() for purl in purls(bill)}
    assert "Warning" not in result.stderr


def test_bill_of_an_image_is_always_the_same(make, small):
    assert bill_of(make("sbom", NAME=small)) == bill_of(make("sbom", NAME=small))


def test_bill_leaves_no_volume(make, small, engine, project, without, tmp_path):
    """The volumes of the container that it exports, which has none of its own name."""
    image = f"{small}-volume"
    engine("build", "-t", image, "--label", f"{LABEL}={project}", "-", stdin=f"FROM {small}\nVOLUME /data\n")
    commands, volumes = without(), tmp_path / "volumes"
    script = f"""if [ "$1" = create ]; then
    container=$({engine.cli} "$@")
    {engine.cli} inspect --format '{{{{range .Mounts}}}}{{{{println .Name}}}}{{{{end}}}}' "$container" >>'{volumes}'
    echo "$container"
    exit
fi"""
    put_command(commands, "docker", script, otherwise="docker")
    make("sbom", NAME=image, env=commands)
    [volume] = volumes.read_text().split()
    assert not engine.exists("volume", volume)


def test_bill_of_a_stage_lists_the_locked_packages(make, project):
    bill = bill_of(make("sbom", STAGE="gunicorn"))
    lock = dict(re.findall(r"^([\w.-]+)==(\S+)", (ROOT / "requirements.txt").read_text(), re.MULTILINE))
    listed = {
        component["name"]: component["version"] for component in bill["components"] if "pypi" in component["purl"]
    }
    assert listed.items() <= (lock | {"pip": listed.get("pip")}).items()
    assert {"flask", "sqlalchemy", "gunicorn"} <= set(listed)
    assert any(purl.startswith("pkg:deb/debian/libc6@") for purl in purls(bill))


def test_audit_names_each_package_with_its_advisories(make, small, advisories):
    """Debian's advisories name the source package and its version."""
    url = advisories(FLASK | {("Debian:13", "openssl", "3.5.1-1"): ["CVE-1", "CVE-2", "CVE-3"]})
    result = make("audit", NAME=small, env={"OSV_URL": url}, check=False)
    assert result.returncode != 0
    assert "libssl3t64 3.5.1-1+b1: CVE-1 CVE-2 CVE-3" in result.stdout.splitlines()
    assert (
        "1 of 3 packages have known vulnerabilities (https://osv.dev/ID describes each)" in result.stdout.splitlines()
    )


def test_audit_passes_where_nothing_is_known(make, small, advisories):
    result = make("audit", NAME=small, env={"OSV_URL": advisories(FLASK)})
    assert result.stdout.splitlines()[-1].startswith("0 of 3 packages have known vulnerabilities")


def test_audit_does_not_pass_without_a_database(make, small, advisories):
    """A server that answers every question with "nothing" is none."""
    closed = f"http://127.0.0.1:{free_port()}"
    for url, reason in [(closed, "can't be reached: "), (advisories({}), "does not know the flaws of Flask 0.12")]:
        result = make("audit", NAME=small, env={"OSV_URL": url}, check=False)
        assert result.returncode != 0
        assert f"error: nothing was audited: {url} {reason}" in result.stderr
