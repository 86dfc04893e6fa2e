"""The stand-in bases, and the ones with a site's own settings made from them."""

import re
from pathlib import Path

import pytest
from engine import put_command, run_command
from test_registry import STAND_INS


@pytest.fixture(scope="module", autouse=True)
def stand_ins(base):
    """Both are there, made by the stages that want them."""
    base("healthcheck")
    base("ubuntu-sleep")


def run(engine, image, script) -> str:
    return engine("run", "--rm", image, "sh", "-c", script).stdout


def test_the_stand_in_for_python_is_used_as_the_official_image_is(engine):
    image = STAND_INS["python"]
    assert run(engine, image, "python -c 'import sys; print(sys.version_info[:2])'") == "(3, 13)\n"
    assert "python 3.13" in run(engine, image, "pip --version")
    # System-wide, without a word about PEP 668; and a virtual environment for those who want one.
    run(engine, image, "pip install --no-index --quiet pip && python -m venv /tmp/venv && /tmp/venv/bin/pip --version")


def test_the_stand_in_for_ubuntu_has_a_shell_and_packages_and_no_python(engine):
    image = STAND_INS["debian"]
    out = run(engine, image, "for name in bash apt-get useradd python3; do command -v $name || echo none; done")
    assert out.split() == ["/usr/bin/bash", "/usr/bin/apt-get", "/usr/sbin/useradd", "none"]


@pytest.mark.parametrize("kind", ["python", "debian"])
def test_a_stand_in_is_one_small_layer_with_the_official_path(engine, kind):
    found = engine.inspect(STAND_INS[kind])
    assert len(found["RootFS"]["Layers"]) == 1
    assert found["Config"]["Env"] == ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]
    assert run(engine, STAND_INS[kind], "find /var/lib/apt/lists /var/cache/apt -type f -size +0") == ""


@pytest.mark.parametrize("kind", ["python", "debian"])
def test_a_stand_in_trusts_whom_this_machine_trusts(engine, kind):
    bundle = Path("/etc/ssl/certs/ca-certificates.crt")
    if not bundle.is_file():
        pytest.skip("this machine keeps its certificate authorities elsewhere than Debian does")

    def certificates(text):
        found = re.findall("-----BEGIN CERTIFICATE-----(.*?)-----END", text, re.DOTALL)
        return {"".join(certificate.split()) for certificate in found}

    inside = certificates(run(engine, STAND_INS[kind], f"cat {bundle}"))
    assert certificates(bundle.read_text()) <= inside


def test_a_stand_in_is_made_once():
    result = run_command(["scripts/base", "python"])
    assert result.stdout == f"{STAND_INS['python']}\n"
    assert result.stderr == ""


def test_again_makes_the_base_of_the_companion_anew_too(without):
    environment = without("mmdebstrap")
    put_command(environment, "mmdebstrap", "echo it is made anew; exit 1")
    result = run_command(["scripts/base", "--again", "mariadb"], env=environment, check=False)
    assert result.returncode == 1
    assert "it is made anew" in result.stderr.splitlines()


def test_a_base_that_is_not_known_is_refused():
    result = run_command(["scripts/base", "alpine"], check=False)
    assert (result.returncode, result.stderr) == (64, "error: usage: scripts/base [--again] python|debian|mariadb\n")


@pytest.fixture(scope="module")
def site_image(engine, make, project, tmp_path_factory):
    """What the build printed, the image on a base with a site's settings, and the file of the site's authority."""
    folder = tmp_path_factory.mktemp("site")
    authority = folder / "authority.pem"
    subject = ["-subj", "/CN=Authority of this test", "-days", "2", "-nodes"]
    run_command(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-keyout", folder / "key.pem", "-out", authority, *subject]
    )

    site = {"APT_MIRROR": "http://mirror.example/archive/", "CA_FILE": authority}
    result = make("build", STAGE="ubuntu-sleep", TARGET="bare", TAG="site", BASE="debian", **site)
    yield result, f"{project}:site", authority
    engine("rmi", "-f", result.stdout.split()[-1], check=False)


def test_a_sites_mirror_and_authority_come_by_a_base_of_its_own(engine, site_image):
    result, image, authority = site_image
    assert re.search(
        r"^Base image: localhost/microblog-base/site:\S+, made from it with this site's settings$", result.stderr, re.M
    )
    # What apt would fetch, all of it from the mirror.
    addresses = run(engine, image, "apt-get update --print-uris").splitlines()
    assert len(addresses) >= 3
    assert all(address.startswith("'http://mirror.example/archive/debian") for address in addresses)
    # The authority is trusted, by the system and by pip, and stays so when certificates are renewed.
    run(engine, image, "update-ca-certificates")
    trusted = run(engine, image, "cat /etc/ssl/certs/ca-certificates.crt")
    assert authority.read_text().strip() in trusted
    assert "cert = /etc/ssl/certs/ca-certificates.crt" in run(engine, image, "cat /etc/pip.conf")


def test_a_sites_package_index_is_what_pip_asks(engine):
    site = {"PIP_INDEX_URL": "http://index.example/simple"}
    name = run_command(["scripts/site-base", STAND_INS["python"]], env=site).stdout.strip()
    try:
        assert run(engine, name, "pip config list") == "global.index-url='http://index.example/simple'\n"
        again = run_command(["scripts/site-base", STAND_INS["python"]], env=site).stdout.strip()
        assert again == name
    finally:
        engine("rmi", name)


def test_without_settings_there_is_no_base_of_the_sites_own():
    assert run_command(["scripts/site-base", "any:base"]).stdout == "any:base\n"


def test_an_authority_that_can_not_be_read_is_one_line(make, tmp_path):
    result = make("build", STAGE="ubuntu-sleep", BASE="debian", CA_FILE=tmp_path / "nothing", check=False)
    assert result.returncode != 0
    line = f"error: CA_FILE={tmp_path / 'nothing'} is no readable PEM certificate; give the authority's file"
    assert line in result.stderr.splitlines()
