"""The stage optimized: fewer layers, a strict build, a HEALTHCHECK, and only data is writable."""

import re

import pytest
from engine import CommandError, run_command, some_thorough, wait_until
from lessons import blocks, lesson

# Prints the files of bytecode that hold the time of their source: flag 0 in the second word of the header.
TIMED_BYTECODE = """
import pathlib, sysconfig
for folder in (pathlib.Path(), pathlib.Path(sysconfig.get_path("purelib"))):
    for file in folder.rglob("*.pyc"):
        if "/pip" not in str(file) and not int.from_bytes(file.read_bytes()[4:8], "little"):
            print(file)
"""


def history(engine, image) -> list[str]:
    """Returns the image's instructions, the newest first."""
    return engine("history", "--no-trunc", "--format", "{{.CreatedBy}}", image).stdout.splitlines()


@pytest.fixture
def image(any_builder, build):
    return build("optimized", any_builder)


@pytest.fixture
def rebuild(any_builder, build_from):
    """rebuild(folder, tag): builds a changed tree; the image's name."""
    return lambda folder, tag: build_from(folder, any_builder, folder / "docker/optimized/Dockerfile", tag)


def test_image_of_each_builder_serves_and_stops(builder, build, start):
    container = start(build("optimized", builder), port=True)
    assert container.wait_for_answer("/health/ready").text.strip() == '{"status":"ok"}'
    assert container.get("/").status == 200
    assert container.exec("id", "-un") == "microblog\n"
    status, seconds = container.stop()
    assert status == 0
    assert seconds < 5


def test_image_configuration_of_each_builder(builder, build):
    config = builder.inspect(build("optimized", builder))["Config"]
    assert config["Labels"]["maintainer"] == "Microblog's authors"
    assert config["Labels"]["version"] == config["Labels"]["org.opencontainers.image.version"]
    assert config["Healthcheck"]["Test"][:2] == ["CMD", "python"]
    assert config["Shell"] == ["/bin/sh", "-c"]
    assert config["User"] == "microblog"
    assert config["Entrypoint"] == ["./boot.sh"]
    assert list(config["ExposedPorts"]) == ["5000/tcp"]


def test_oci_labels_identify_the_source(builder, build):
    labels = builder.inspect(build("optimized", builder))["Config"]["Labels"]
    name = "org.opencontainers.image."
    assert labels[f"{name}title"] == "Microblog (optimized)"
    assert labels[f"{name}licenses"] == "MIT"
    revision = run_command(["git", "rev-parse", "HEAD"]).stdout.strip()
    assert labels[f"{name}revision"].removesuffix("-dirty") == revision
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", labels[f"{name}created"])
    assert labels[f"{name}base.name"]


def test_image_has_fewer_layers_than_gunicorn_and_is_no_larger(engine, any_builder, build, image):
    plain = engine.inspect(build("gunicorn", any_builder))
    optimized = engine.inspect(image)
    assert len(optimized["RootFS"]["Layers"]) < len(plain["RootFS"]["Layers"])
    assert optimized["Size"] <= plain["Size"] + 1_000_000  # bytes, for bytecode and translations


def test_healthcheck_depends_on_an_answer(engine, image, start):
    container = start(image, options=["--health-interval", "1s", "--health-retries", "1"], port=True)
    container.wait_for_answer()
    wait_until(lambda: container.health == "healthy", 30, "healthy")
    probe = engine.inspect(image)["Config"]["Healthcheck"]["Test"][1:]
    assert engine("exec", "-e", "http_proxy=http://127.0.0.1:9", container.name, *probe, check=False).returncode == 0
    assert engine("exec", "-e", "PORT=5001", container.name, *probe, check=False).returncode == 1


@pytest.mark.parametrize("setting", ["PORT=8080", "BIND=0.0.0.0:8000", "BIND=127.0.0.1:5001", "BIND=:5001"])
def test_healthcheck_asks_where_the_server_listens(image, start, setting):
    container = start(image, options=["--health-interval", "1s", "--health-retries", "1", "-e", setting])
    wait_until(lambda: container.health == "healthy", 60, "healthy")


def test_healthcheck_fails_on_an_http_error(engine, image, start):
    probe = engine.inspect(image)["Config"]["Healthcheck"]["Test"][1:]
    server = (
        "from http.server import *\nclass Ill(BaseHTTPRequestHandler):\n def do_GET(self): self.send_error(500)\n"
        "HTTPServer(('', 5000), Ill).serve_forever()"
    )
    ill = start(image, "-c", server, options=["--entrypoint", "python"], port=True)
    wait_until(ill.get, 20, "an answer")
    assert engine("exec", ill.name, *probe, check=False).returncode == 1


def test_code_change_keeps_dependencies_cached(any_builder, image, rebuild, tree):
    (tree / "app/ops/health.py").write_text((tree / "app/ops/health.py").read_text() + "\n# changed\n")
    old, new = (any_builder.inspect(name)["RootFS"]["Layers"] for name in (image, rebuild(tree, "code")))
    # The last layer is the application with its compiled files.
    assert new[:-1] == old[:-1]
    assert new[-1] != old[-1]


def test_code_is_followed_by_labels_only(builder, build):
    """To the legacy builder each instruction is a container, which takes seconds."""
    steps = history(builder, build("optimized", builder))
    after = steps[: next(i for i, step in enumerate(steps) if "COPY" in step)]
    assert [step for step in after if "LABEL" not in step] == []
    if builder.builder == "legacy":
        assert len([step for step in after if "LABEL" in step]) == 1


def test_bytecode_bears_no_time(image, start):
    """Two builds have the same content: the bytecode of code and packages holds a hash of its source (PEP 552)."""
    container = start(image, "-c", TIMED_BYTECODE, options=["--entrypoint", "python"])
    assert container.wait() == 0
    assert container.logs == ""


def test_image_of_each_builder_has_no_empty_folder(builder, build, start):
    container = start(build("optimized", builder), ".", "-type", "d", "-empty", options=["--entrypoint", "find"])
    assert container.wait() == 0
    assert container.logs == ""


def test_boot_writes_only_data(engine, image, start):
    container = start(image, port=True)
    container.wait_for_answer()
    container.get("/auth/login?lang=fr")
    changed = engine("diff", container.name).stdout.split("\n")
    assert [line for line in changed if line and not re.fullmatch(r"[CA] /(tmp|run|data|dev)(/.*)?", line)] == []


def test_user_can_not_write_the_application(image, start):
    container = start(image, "60", options=["--entrypoint", "sleep"])
    writable = container.exec("find", "/", "-xdev", "-writable", "-not", "-type", "l", check=False).split("\n")
    allowed = re.compile(r"/(tmp|var/tmp|run/lock|var/lock|dev|proc|data)(/.*)?")
    assert [path for path in writable if path and not allowed.fullmatch(path)] == []


@pytest.mark.parametrize(
    "options",
    [
        pytest.param(["--read-only", "--tmpfs", "/tmp"], id="read-only root"),
        pytest.param(["--user", "1234:0"], id="a user picked at random, as OpenShift does"),
        pytest.param(["--cap-drop", "ALL", "--security-opt", "no-new-privileges"], id="no capabilities"),
        pytest.param(
            ["--read-only", "--cap-drop", "ALL", "--user", "1234:0", "--tmpfs", "/data:mode=1777"],
            id="all of it, no disk",
        ),
    ],
)
def test_container_runs_with_restrictions(image, start, options):
    container = start(image, options=options, port=True)
    assert container.wait_for_answer("/health/ready").status == 200
    assert "Traceback" not in container.logs
    assert "ERROR" not in container.logs
    assert container.stop()[0] == 0


def test_volume_of_another_owner_is_refused_in_one_line(engine, image, project, start):
    volume = f"{project}-foreign"
    engine("volume", "create", "--label", f"org.microblog.project={project}", volume)
    # Not empty: the engine would copy contents and owner of the image's directory into an empty volume.
    script = "touch /data/x && chown -R 999:999 /data && chmod 755 /data"
    engine("run", "--rm", "--user", "0", "-v", f"{volume}:/data", "--entrypoint", "sh", image, "-c", script)
    container = start(image, options=["-v", f"{volume}:/data"])
    assert container.wait() == 73
    (line,) = container.logs.splitlines()
    assert line.startswith(
        "microblog: /data can't be written by user 1000:1000 (Permission denied): give it that owner"
    )


def test_data_of_another_user_is_refused_until_its_owner_is_changed(engine, image, project, start):
    """The remedy of docs/hosting.md."""
    volume = f"{project}-owners"
    engine("volume", "create", "--label", f"org.microblog.project={project}", volume)
    mounted = ["-v", f"{volume}:/data"]
    assert start(image, "migrate", options=["--user", "1234:0", *mounted]).wait() == 0
    assert start(image, "migrate", options=["--user", "5678:0", *mounted]).wait() == 73
    engine("run", "--rm", "--user", "0", *mounted, "--entrypoint", "chown", image, "-R", "5678:0", "/data")
    assert start(image, "migrate", options=["--user", "5678:0", *mounted]).wait() == 0


def test_checkout_with_crlf_and_no_execute_bits_boots(any_builder, build_from, start, tree):
    # Not requirements.txt: a change would invalidate the cached dependencies.
    for script in ("boot.sh", "app/gunicorn_conf.py", "config.py"):
        (tree / script).write_bytes((tree / script).read_bytes().replace(b"\n", b"\r\n"))
        (tree / script).chmod(0o644)
    for stage in ("gunicorn", "optimized"):
        image = build_from(tree, any_builder, tree / f"docker/{stage}/Dockerfile", f"crlf-{stage}")
        assert start(image, port=True).wait_for_answer().status == 200


@pytest.mark.parametrize("umask", some_thorough([0o077, 0o002], 0o002), ids=oct)
def test_image_does_not_depend_on_the_umask_of_the_checkout(any_builder, files, image, rebuild, start, tree, umask):
    for path in [tree, *tree.rglob("*")]:
        if not path.is_symlink():
            path.chmod((0o777 if path.is_dir() or path.stat().st_mode & 0o100 else 0o666) & ~umask)

    def modes(name):
        return {path: (kind, mode, owner) for path, (kind, _size, _time, mode, owner, _link) in files(name).items()}

    changed = rebuild(tree, f"umask-{umask:o}")
    assert modes(changed) == modes(image)
    assert start(changed, port=True).wait_for_answer("/health/ready").status == 200


def test_lesson_pipe_fails_only_with_strict_shell(any_builder, build_from, tmp_path):
    found = [block.text for block in blocks(lesson("optimized")) if block.language == "dockerfile"]
    plain, strict = (text for text in found if "/wanted.txt" in text)
    dockerfile = tmp_path / "Dockerfile"
    dockerfile.write_text(plain)
    build_from(tmp_path, any_builder, dockerfile, "plain")
    dockerfile.write_text(strict)
    with pytest.raises(CommandError, match=r"wanted\.txt: No such file or directory"):
        build_from(tmp_path, any_builder, dockerfile, "strict")
