"""The stage hardened: an image that holds Python, the application and nothing else."""

import re
import subprocess
import tarfile
import uuid
import zlib

import pytest
from engine import ROOT, run_command, wait_until

PROGRAMS = {"dash", "sh", "tini", "python", "python3", "python3.13", "flask", "gunicorn"}
ALLOWED = re.compile(
    "|".join(
        [
            r"opt/venv/(pyvenv\.cfg|\.gitignore|lib64|bin/[^/]+|lib/python3\.13/site-packages/.+)",
            r"usr/(local/)?lib/python3\.13/.+",
            r"usr/(local/)?bin/[^/]+",  # PROGRAMS
            r"usr/(local/)?(lib/)?(lib|lib64|[a-z0-9_]+-linux-gnu)/[^/]+\.so(\.[0-9.]+)?",
            r"bin|lib|lib64|usr/lib/(os-release|ssl/(cert\.pem|certs|openssl\.cnf))",
            r"etc/(group|passwd|nsswitch\.conf|os-release|ld\.so\.(cache|conf|conf\.d/[^/]+))",
            r"etc/ssl/(openssl\.cnf|certs/ca-certificates\.crt)",
            r"(usr/share/doc|var/lib/dpkg/status\.d)/[^/]+(/copyright)?",  # what scanners and licences need
            r"home/microblog/.+",  # compared file by file
            r"\.dockerenv|dev/.*|etc/(hostname|hosts|resolv\.conf|mtab)",  # made by the engine in each container
        ]
    )
)
READ_ONLY = ["--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"]


@pytest.fixture
def image(any_builder, build):
    return build("hardened", any_builder)


@pytest.fixture
def files(engine, image, project):
    """The members of the file system of a new container."""
    name = f"{project}-{uuid.uuid4().hex[:8]}"
    engine("create", "--name", name, image)
    with subprocess.Popen([engine.cli, "export", name], stdout=subprocess.PIPE) as export:
        with tarfile.open(fileobj=export.stdout, mode="r|") as tar:
            found = list(tar)
        export.stdout.read()
    engine("rm", "-v", name)
    return found


def test_image_of_each_builder_serves_with_all_restrictions(builder, build, start):
    container = start(build("hardened", builder), options=READ_ONLY, port=True)
    assert container.wait_for_answer("/health/ready").text.strip() == '{"status":"ok"}'
    assert container.get("/auth/login?lang=fr").text.count("Se connecter")
    assert container.exec("python3", "-c", "import os; print(os.getuid(), os.getgid(), os.getgroups())") in (
        "10001 10001 [10001]\n",
        "10001 10001 []\n",
    )
    assert container.exec("python3", "-I", "app/ops/probe.py") == ""
    assert "Traceback" not in container.logs
    status, seconds = container.stop()
    assert status == 0
    assert seconds < 5


def test_arbitrary_user_of_group_0_can_run_it(image, start):
    container = start(image, options=[*READ_ONLY, "--user", "4321:0"], port=True)
    assert container.wait_for_answer("/health/ready").status == 200
    assert container.stop()[0] == 0


def test_stop_while_the_server_loads_is_a_success(image, start):
    container = start(image)
    wait_until(lambda: "Running upgrade" in container.logs, 60, "the migration")
    status, seconds = container.stop()
    assert status == 0
    assert seconds < 8  # a migration ends first


def test_stopped_migration_is_a_failure(image, start):
    options = ["-e", "DATABASE_URL=mysql://a:no-secret@127.0.0.1:1/c", "-e", "SECRET_KEY=only-for-this-test"]
    container = start(image, "migrate", options=options)
    wait_until(lambda: "waiting" in container.logs, 60, "the wait")
    assert container.stop()[0] == 75


def test_image_holds_only_allowed_files(files):
    names = {file.name for file in files if not file.isdir()}
    assert sorted(name for name in names if not ALLOWED.fullmatch(name)) == []
    programs = {name.rpartition("/")[2] for name in names if re.match(r"(opt/venv|usr|usr/local)/s?bin/", name)}
    assert programs == PROGRAMS
    inside = {name.removeprefix("home/microblog/") for name in names if name.startswith("home/microblog/")}
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--"]
    source = run_command([*listed, "app", "migrations", "boot.sh", "config.py", "microblog.py", "requirements.txt"])
    made = {name for name in inside if re.search(r"/LC_MESSAGES/messages\.mo$|(^|/)__pycache__/[^/]+\.pyc$", name)}
    assert inside - made == {name for name in source.stdout.splitlines() if (ROOT / name).exists()}


def test_image_has_no_setuid_files_and_belongs_to_root(files):
    assert [file.name for file in files if file.isreg() and file.mode & 0o6000] == []
    assert {file.name.rstrip("/") for file in files if file.uid} == {"data"}
    assert {file.name for file in files if not file.issym() and file.mode & 0o002} <= {"tmp", "var/tmp"}
    [data] = [file for file in files if file.name == "data"]
    assert (data.uid, data.gid, data.mode & 0o7777) == (10001, 0, 0o775)


def test_bytecode_is_complete_and_holds_no_time(engine, files, image, start):
    names = {file.name for file in files}
    sources = {name for name in names if name.endswith(".py")}
    assert {name for name in sources if not name.startswith("home/")} == set()
    cached = {re.sub(r"([^/]+)\.py$", r"__pycache__/\1.cpython-313.pyc", name) for name in sources}
    assert cached - names == set()
    script = "import pathlib, sys\nfor folder in sys.argv[1:]:\n for f in pathlib.Path(folder).rglob('*.pyc'):\n"
    script += "  if not f.read_bytes()[4]: print(f)"  # the first flag: checked by a hash or not at all, not by a time
    command = ["run", "--rm", "--entrypoint", "python3", image, "-c", script, "/opt", "/usr", "/home"]
    assert engine(*command).stdout == ""
    container = start(image, port=True)
    container.wait_for_answer()
    assert engine("diff", container.name).stdout == ""


def test_image_stays_within_its_size(engine, image):
    """The bounds of the lesson: 100 MB on disk, 35 MB as a registry holds it."""
    assert engine.inspect(image)["Size"] <= 100_000_000
    compressed = 0
    with subprocess.Popen([engine.cli, "save", image], stdout=subprocess.PIPE) as save:
        with tarfile.open(fileobj=save.stdout, mode="r|") as archive:
            for member in archive:
                if member.isreg() and member.name.endswith(".tar"):
                    gzip, layer = zlib.compressobj(6), archive.extractfile(member)
                    while chunk := layer.read(1 << 20):
                        compressed += len(gzip.compress(chunk))
                    compressed += len(gzip.flush())
        save.stdout.read()
    assert 10_000_000 < compressed <= 35_000_000


def test_configuration_names_the_user_by_number_and_the_source(builder, build):
    config = builder.inspect(build("hardened", builder))["Config"]
    assert config["User"] == "10001:10001"
    assert config["Entrypoint"] == ["tini", "-e", "143", "--", "./boot.sh"]
    assert config["Healthcheck"]["Test"] == ["CMD", "python3", "-I", "app/ops/probe.py"]
    assert config["Labels"]["org.opencontainers.image.title"] == "Microblog (hardened)"
    assert config["Labels"]["org.opencontainers.image.revision"]
    assert list(config["Volumes"]) == ["/data"]


def test_engine_finds_it_healthy(image, start):
    container = start(image, options=["--health-interval", "1s", *READ_ONLY], port=True)
    container.wait_for_answer()
    wait_until(lambda: container.health == "healthy", 30, "healthy")


def test_libraries_reach_encrypted_servers_and_databases(engine, image):
    """The certificate authorities, the cryptography of MySQL and MariaDB, names of hosts."""
    script = (
        "import socket, ssl; assert len(ssl.create_default_context().get_ca_certs()) > 100\n"
        "from pymysql import _auth; assert _auth._have_cryptography; import nacl.bindings, redis\n"
        "socket.getaddrinfo('localhost', 80)"
    )
    engine("run", "--rm", "--entrypoint", "python3", image, "-c", script)
