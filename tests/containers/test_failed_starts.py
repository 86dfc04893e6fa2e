"""A start that fails: the log to look at is named while it is waited for, and shown at its end. No engine is needed."""

import pytest
from engine import free_port, run_command


@pytest.fixture
def said(tmp_path):
    """The file for standard error, and a command that fails once the wait has been announced there."""
    file = tmp_path / "said"
    return file, f"! grep -q '^Waiting' '{file}'"


@pytest.fixture
def fail(tree, said):
    """fail("run", PORT=…): `make run` in a copy of the tree, which has to fail; the lines that it says."""

    def fail(target, **variables):
        assigned = [f"{name}={value}" for name, value in variables.items()]
        command = ["sh", "-c", f'make "$@" 2>"{said[0]}"', "sh", target, *assigned]
        assert run_command(command, check=False, cwd=tree, timeout=60).returncode
        return said[0].read_text().splitlines()

    return fail


def test_registry_that_does_not_start(stub, said, fail):
    variables, _ = stub(f"top*) {said[1]} ;;\n    'logs --tail 20 blog-registry') echo the reason >&2 ;;")
    port = free_port()
    lines = fail("registry", **variables | {"IMAGE": "blog", "REGISTRY": f"localhost:{port}/blog"})
    log = f"{variables['DOCKER']} logs blog-registry"
    assert f"Waiting up to 30 s for http://127.0.0.1:{port}/v2/; see its log: {log}" in lines
    error = "error: blog-registry does not answer; see its last log lines above"
    assert lines.index("the reason") < lines.index(error)


def test_site_of_compose_that_does_not_start(stub, said, fail):
    variables, _ = stub(f"top*) {said[1]} ;;\n    *'blog-compose.env logs --tail 20') echo the reason ;;")
    lines = fail("up", **variables | {"STAGE": "optimized", "IMAGE": "blog"})
    port, log = variables["PORT"], f"{variables['DOCKER']} compose --env-file instance/blog-compose.env logs"
    assert f"Waiting up to 90 s for http://127.0.0.1:{port}/health; see its log: {log}" in lines
    error = f"error: Microblog does not answer at http://localhost:{port}; see the last log lines above"
    assert lines.index("the reason") < lines.index(error)


def test_local_instance_that_does_not_start(tree, said, fail):
    (tree / "scripts/venv").write_text("")
    (tree / "boot.sh").write_text(f"#!/bin/sh\necho the reason\nwhile {said[1]}; do sleep 0.1; done\n")
    port = free_port()
    lines = fail("run", ENGINE="local", PORT=port)
    log = f"make logs ENGINE=local PORT={port}"
    assert f"Waiting up to 90 s for http://127.0.0.1:{port}/health; see its log: {log}" in lines
    error = f"error: the instance at PORT={port} did not answer; see its last log lines above"
    assert lines.index("the reason") < lines.index(error)
