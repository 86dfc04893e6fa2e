"""A private registry, and images that are pushed to it."""

import re
import ssl
import stat
import urllib.error
import urllib.request

import pytest
from engine import ROOT, free_port

SECRETS = ROOT / "instance/secrets/registry"


@pytest.fixture
def registry(make, engine, project):
    """registry(SECURE=1): starts a registry; its address. Removed after the test, with its volume."""

    def registry(**variables):
        address = f"localhost:{free_port()}"
        make("registry", REGISTRY=f"{address}/blog", **variables)
        return address

    yield registry
    engine("rm", "-f", "-v", f"{project}-registry", check=False)
    engine("volume", "rm", f"{project}-registry", check=False)


def test_pushed_image_runs_from_its_digest(registry, make, engine, start, build, any_builder, project):
    """Pulled back under another name: that with the digest, as `make push` printed it last."""
    build("gunicorn", any_builder)
    result = make("push", REGISTRY=f"{registry()}/blog", STAGE="gunicorn", VERSION="1.0")
    name, pinned = re.fullmatch(
        r"Pushed (\S+:1\.0) as (\S+@sha256:[0-9a-f]{64})", result.stdout.splitlines()[-1]
    ).groups()
    pushed = engine.inspect(name)["Id"]
    again = engine("push", name).stdout
    assert "Layer already exists" in again
    assert pinned.partition("@")[2] in again
    engine("rmi", name)
    engine("pull", pinned)
    assert engine.inspect(pinned)["Id"] == pushed
    assert start(pinned, port=True).wait_for_answer("/health").status == 200
    engine("rmi", "-f", pinned)


def test_default_version_is_the_applications(registry, make, engine):
    """With the name of the stage: two stages under one name would replace each other."""
    variables = {"REGISTRY": f"{registry()}/blog", "STAGE": "ubuntu-sleep", "TARGET": "bare", "BASE": "debian"}
    name = make("push", **variables).stdout.splitlines()[-1].split()[1]
    assert re.fullmatch(r"localhost:\d+/blog:\d+\.\d+\.\d+-ubuntu-sleep", name)
    engine("rmi", name)


def test_registry_keeps_its_images_when_replaced(registry, make, engine):
    address = registry()
    variables = {"STAGE": "ubuntu-sleep", "TARGET": "bare", "BASE": "debian", "REGISTRY": f"{address}/blog"}
    name = make("push", **variables).stdout.splitlines()[-1].split()[1]
    make("registry", REGISTRY=f"{address}/blog")
    engine("rmi", name)
    engine("pull", name)
    engine("rmi", name)


def test_secure_registry_wants_tls_and_the_account(registry, make, engine, project, tmp_path):
    """TLS by the certificate that it made; nothing without the password, which only the owner can read."""
    address, mine = registry(SECURE=1), {"DOCKER_CONFIG": str(tmp_path)}
    trusting = ssl.create_default_context(cafile=SECRETS / "tls.pem")
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"https://{address}/v2/", context=trusting, timeout=10)
    assert refused.value.code == 401
    assert stat.S_IMODE(SECRETS.parent.stat().st_mode) == 0o700
    variables = {"STAGE": "ubuntu-sleep", "TARGET": "bare", "BASE": "debian", "REGISTRY": f"{address}/blog"}
    before = make("push", check=False, env=mine, **variables)
    assert f"error: {address} refuses; sign in first: docker login {address}" in before.stderr
    password = (SECRETS / "password").read_text()
    engine("login", "-u", "microblog", "--password-stdin", address, stdin=password, env=mine)
    name = make("push", env=mine, **variables).stdout.splitlines()[-1].split()[1]
    engine("rmi", name)
    assert password.strip() not in engine("inspect", f"{project}-registry").stdout


def test_secure_registry_reads_secrets_that_umask_077_closed(registry):
    SECRETS.mkdir(parents=True, exist_ok=True)
    SECRETS.chmod(0o700)
    registry(SECURE=1)  # waits until it answers
    assert stat.S_IMODE(SECRETS.stat().st_mode) == 0o755


@pytest.mark.parametrize(
    ("target", "registry", "line"),
    [
        ("registry", "mirror.example/blog", "error: make registry starts a registry on this machine; give REGISTRY="),
        ("registry", "localhost/blog", "error: make registry starts a registry on this machine; give REGISTRY="),
        (
            "push",
            "http://localhost:5050/blog",
            "error: REGISTRY=http://localhost:5050/blog is not a name of an image; ",
        ),
        ("push", "blog", "error: REGISTRY=blog names no image; give host[:port]/name"),
    ],
)
def test_invalid_registry_is_refused_in_one_line(make, target, registry, line):
    result = make(target, REGISTRY=registry, check=False)
    assert result.returncode != 0
    assert next(text for text in result.stderr.splitlines() if text.startswith("error: ")).startswith(line)


def test_silent_registry_is_named_with_the_remedy(make):
    port = free_port()
    variables = {"STAGE": "ubuntu-sleep", "TARGET": "bare", "BASE": "debian", "REGISTRY": f"localhost:{port}/blog"}
    result = make("push", check=False, **variables)
    assert f"error: localhost:{port} does not answer; start a registry of your own: make registry" in result.stderr
