"""scripts/base: the stand-ins for official images, and base images with a site's settings."""

import re
from pathlib import Path

import pytest
from engine import put_command, run_command
from test_registry import STAND_INS


@pytest.fixture(scope="module", autouse=True)
def stand_ins(base):
    """Makes both stand-ins, by the stages that use them."""
    base("healthcheck")
    base("ubuntu-sleep")


def run(engine, image, script) -> str:
    return engine("run", "--rm", image, "sh", "-c", script).stdout


def test_python_stand_in_has_python_pip_and_venv(engine):
    image = STAND_INS["python"]
    assert run(engine, image, "python -c 'import sys; print(sys.version_info[:2])'") == "(3, 13)\n"
    assert "python 3.13" in run(engine, image, "pip --version")
    # pip installs system-wide, without PEP 668's refusal.
    run(engine, image, "pip install --no-index --quiet pip && python -m venv /tmp/venv && /tmp/venv/bin/pip --version")


def test_ubuntu_stand_in_has_bash_and_apt_but_no_python(engine):
    image = STAND_INS["debian"]
    out = run(engine, image, "for name in bash apt-get useradd python3; do command -v $name || echo none; done")
    assert out.split() == ["/usr/bin/bash", "/usr/bin/apt-get", "/usr/sbin/useradd", "none"]


@pytest.mark.parametrize("kind", ["python", "debian"])
def test_stand_in_is_one_layer_with_the_official_path(engine, kind):
    found = engine.inspect(STAND_INS[kind])
    assert len(found["RootFS"]["Layers"]) == 1
    assert found["Config"]["Env"] == ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]
    assert run(engine, STAND_INS[kind], "find /var/lib/apt/lists /var/cache/apt -type f -size +0") == ""


@pytest.mark.parametrize("kind", ["python", "debian"])
def test_stand_in_has_licences_but_no_other_documentation(engine, kind):
    found = run(engine, STAND_INS[kind], "cd /usr/share; find doc man locale -type f; cat /etc/dpkg/dpkg.cfg.d/*")
    files = [line for line in found.splitlines() if line.startswith(("doc/", "man/", "locale/"))]
    assert {Path(file).name for file in files} == {"copyright"}
    assert "path-exclude=/usr/share/man/*" in found.splitlines()  # for packages that an image adds


def test_stand_in_is_made_with_modes_for_every_user(without, tmp_path):
    environment = without("mmdebstrap")
    put_command(environment, "mmdebstrap", f"umask >{tmp_path}/umask; exit 1")
    run_command(["sh", "-c", "umask 077; sh scripts/base --again debian"], env=environment, check=False)
    assert int((tmp_path / "umask").read_text(), 8) == 0o022


@pytest.fixture
def private_tree(tree):
    """A copy of this tree as `umask 077; git clone` makes it."""
    for path in [tree, *tree.rglob("*")]:
        path.chmod(path.stat().st_mode & 0o700)
    return tree


@pytest.mark.thorough
def test_private_checkout_makes_the_same_mariadb_image(engine, private_tree):
    """All checkouts of a machine share the image, whose server is not root."""
    name = run_command(["sh", "scripts/database-image", "mariadb"]).stdout.strip()
    before = engine.inspect(name)["Id"]
    try:
        run_command(["sh", "-c", "umask 077; sh scripts/database-image mariadb"], cwd=private_tree)
        assert engine.inspect(name)["Id"] == before
        assert run(engine, name, "id -u; test -r /usr/local/bin/entrypoint.sh && echo readable") == "999\nreadable\n"
    finally:
        run_command(["sh", "scripts/database-image", "mariadb"])


def test_private_checkout_makes_a_readable_site_base(engine, private_tree):
    site = {"PIP_INDEX_URL": "http://private.example/simple"}
    script = f"umask 077; sh scripts/base site {STAND_INS['debian']}"
    name = run_command(["sh", "-c", script], cwd=private_tree, env=site).stdout.strip()
    try:
        found = engine(
            "run", "--rm", "--user", "1234", name, "cat", "/etc/microblog-site/pip-index-url", "/etc/pip.conf"
        )
        assert found.stdout.count("http://private.example/simple") == 2
    finally:
        engine("rmi", name)


@pytest.mark.parametrize("kind", ["python", "debian"])
def test_stand_in_trusts_the_authorities_of_this_machine(engine, kind):
    bundle = Path("/etc/ssl/certs/ca-certificates.crt")
    if not bundle.is_file():
        pytest.skip("this machine's certificate authorities are not where Debian keeps them")

    def certificates(text):
        found = re.findall("-----BEGIN CERTIFICATE-----(.*?)-----END", text, re.DOTALL)
        return {"".join(certificate.split()) for certificate in found}

    inside = certificates(run(engine, STAND_INS[kind], f"cat {bundle}"))
    assert certificates(bundle.read_text()) <= inside


@pytest.fixture
def keep_stand_in(engine):
    """Gives the stand-in for Ubuntu back to other tests, whose cache is built on it."""
    image = STAND_INS["debian"]
    before = engine.inspect(image)["Id"]
    yield
    made = engine.inspect(image)["Id"]
    engine("tag", before, image)
    engine("rmi", made, check=False)


@pytest.fixture
def elsewhere(without):
    """An environment that is not Debian's, and has no mmdebstrap."""
    return without("apt-get", "mmdebstrap")


@pytest.mark.thorough
@pytest.mark.usefixtures("keep_stand_in")
def test_stand_in_is_made_in_a_container_of_another_image(engine, elsewhere):
    image = STAND_INS["debian"]
    script = "dpkg-query -W -f '${Package}\n'; cat /etc/apt/apt.conf.d/docker-clean"
    before, packages = engine.inspect(image), run(engine, image, script)
    result = run_command(["sh", "scripts/base", "--again", "debian"], env=elsewhere)
    assert result.stdout == f"{image}\n"
    assert re.search(r"^Making \S+debian:trixie from the Debian archive, in a container of \S+:\S+ ", result.stderr)
    made = engine.inspect(image)
    assert made["Id"] != before["Id"]
    assert made["Config"]["Labels"] == before["Config"]["Labels"]
    assert run(engine, image, script) == packages
    assert run(engine, image, "stat -c '%a %U' / /etc /usr/bin/env").split() == ["755", "root"] * 3


def test_stand_in_needs_an_image_to_be_made_in(elsewhere):
    put_command(elsewhere, "docker", "case $1 in version) echo 28 ;; *) exit 1 ;; esac")
    command = ["sh", "scripts/base", "debian"]
    result = run_command(command, env=elsewhere | {"ENGINE": "docker"}, check=False)
    assert result.returncode == 1
    [line] = result.stderr.splitlines()
    assert line.startswith(
        "error: mmdebstrap is missing, and the engine has no image of Debian or Ubuntu to run it in;"
    )


def test_stand_in_is_made_once():
    result = run_command(["sh", "scripts/base", "python"])
    assert result.stdout == f"{STAND_INS['python']}\n"
    assert result.stderr == ""


def test_again_also_remakes_the_base_of_mariadb(without):
    environment = without("mmdebstrap")
    put_command(environment, "mmdebstrap", "echo made again; exit 1")
    result = run_command(["sh", "scripts/database-image", "--again", "mariadb"], env=environment, check=False)
    assert result.returncode == 1
    assert "made again" in result.stderr.splitlines()


def test_unknown_base_is_refused():
    result = run_command(["sh", "scripts/base", "alpine"], check=False)
    assert result.returncode == 64
    assert result.stderr.startswith("error: usage: scripts/base [--again] python|debian, or")


@pytest.mark.parametrize(
    ("official", "kind"),
    [
        ("python", "python"),
        ("docker.io/library/python:3.12", "python"),
        ("library/debian", "debian"),
        ("ubuntu", "debian"),
    ],
)
def test_each_spelling_of_an_official_image_has_its_stand_in(official, kind):
    found = run_command(["sh", "scripts/pick-base", official], env={"BASE": "debian"})
    assert found.stdout == f"{STAND_INS[kind]}\n"


@pytest.fixture(scope="module")
def site_image(engine, make, project, tmp_path_factory):
    """An image on a base with a site's settings: the completed build, its name, and the authority's file."""
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


def test_site_base_uses_the_mirror_and_trusts_the_authority(engine, site_image):
    result, image, authority = site_image
    assert re.search(
        r"^Base image: localhost/microblog-base/site:\S+, made from it with this site's settings$", result.stderr, re.M
    )
    # apt downloads from the mirror only.
    addresses = run(engine, image, "apt-get update --print-uris").splitlines()
    assert len(addresses) >= 3
    assert all(address.startswith("'http://mirror.example/archive/debian") for address in addresses)
    # A mirror may be older than the week for which some indexes are valid.
    assert 'Acquire::Check-Valid-Until "false";' in run(engine, image, "apt-config dump")
    # System and pip trust the authority, also after an update of the certificates.
    run(engine, image, "update-ca-certificates")
    trusted = run(engine, image, "cat /etc/ssl/certs/ca-certificates.crt")
    assert authority.read_text().strip() in trusted
    assert "cert = /etc/ssl/certs/ca-certificates.crt" in run(engine, image, "cat /etc/pip.conf")


def test_site_base_uses_the_package_index(engine):
    site = {"PIP_INDEX_URL": "http://index.example/simple"}
    name = run_command(["sh", "scripts/base", "site", STAND_INS["python"]], env=site).stdout.strip()
    try:
        assert run(engine, name, "pip config list").splitlines() == [
            "global.index-url='http://index.example/simple'",
            "global.trusted-host='index.example'",  # without TLS, pip would ignore it
        ]
        again = run_command(["sh", "scripts/base", "site", STAND_INS["python"]], env=site).stdout.strip()
        assert again == name
    finally:
        engine("rmi", name)


def test_site_without_settings_returns_the_base_itself():
    assert run_command(["sh", "scripts/base", "site", "any:base"]).stdout == "any:base\n"


def test_unreadable_authority_is_reported_in_one_line(make, tmp_path):
    result = make("build", STAGE="ubuntu-sleep", BASE="debian", CA_FILE=tmp_path / "nothing", check=False)
    assert result.returncode != 0
    line = f"error: CA_FILE={tmp_path / 'nothing'} is not a readable PEM certificate; give the authority's PEM file"
    assert line in result.stderr.splitlines()
