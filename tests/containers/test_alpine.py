"""optimized on Alpine, which needs Docker Hub: its Dockerfile, on what can be had without."""

import pytest
from engine import run_command

pytestmark = pytest.mark.thorough

DOCKERFILE = "docker/optimized/alpine.Dockerfile"

# Debian's Python among BusyBox's commands, as on Alpine; `adduser` is the one that Debian's BusyBox lacks.
IMITATION = """ARG BASE
FROM ${BASE}
RUN apt-get update && apt-get install -y --no-install-recommends busybox-static \
 && printf '#!/bin/sh\\ntest "$1 $2" = "-D -u" && /usr/sbin/useradd -m -u "$3" "$4"\\n' >/usr/local/sbin/adduser \
 && chmod +x /usr/local/sbin/adduser && /bin/busybox --install /usr/local/bin && ln -sf /bin/busybox /bin/sh \
 && rm /bin/bash
"""


def test_lock_has_wheels_for_alpine(tmp_path):
    kinds = ["--implementation=cp", "--python-version=3.13", "--platform=musllinux_1_2_x86_64"]
    kinds += [f"--abi={abi}" for abi in ("cp313", "abi3", "none")]
    command = [".venv-host/bin/pip", "download", "--no-deps", "--only-binary=:all:", "--require-hashes", *kinds]
    run_command([*command, "-r", "requirements.txt", "-d", tmp_path])
    assert [wheel for wheel in tmp_path.iterdir() if "manylinux" in wheel.name] == []
    assert list(tmp_path.glob("*musllinux*"))


def test_dockerfile_serves_among_the_commands_of_busybox(any_builder, base, project, start, tree):
    name, label = f"{project}:busybox", f"org.microblog.project={project}"
    any_builder("build", "-t", name, "--label", label, "--build-arg", f"BASE={base('optimized')}", "-", stdin=IMITATION)
    image = f"{project}:optimized-alpine"
    any_builder("build", "-t", image, "--label", label, "--build-arg", f"BASE_IMAGE={name}", "-f", DOCKERFILE, tree)
    container = start(image, options=["--read-only", "--tmpfs", "/tmp", "--user", "1234:0"], port=True)
    assert container.wait_for_answer("/health/ready").text.strip() == '{"status":"ok"}'
    assert "Se connecter" in container.get("/auth/login?lang=fr").text
    assert container.stop()[0] == 0


def test_alpine_is_built_or_the_reason_is_told(make, project, start):
    result = make("build", STAGE=DOCKERFILE, check=False)
    if result.returncode:
        assert "error: no image python:3.13-alpine: " in result.stderr
        pytest.skip(result.stderr.strip().splitlines()[-2])
    assert start(f"{project}:optimized-alpine", port=True).wait_for_answer("/health/ready").status == 200
