"""make verify: equal builds are proved, different ones are told apart by file and field."""

import pytest

pytestmark = pytest.mark.thorough

STAGE = """ARG BASE_IMAGE=ubuntu:24.04
FROM ${BASE_IMAGE} AS content
RUN mkdir -p /result/folder && echo same >/result/folder/file %s
FROM scratch
COPY --from=content /result /
"""


@pytest.fixture
def verify(make, tmp_path):
    """verify(command, **variables): `make verify` of a stage that also runs this command; the completed process."""

    def verify(command="", declares="reproducible=yes", **variables):
        folder = tmp_path / "twice"
        folder.mkdir()
        (folder / "Dockerfile").write_text(STAGE % command)
        (folder / "stage.conf").write_text(f"application=no\nport=none\n{declares}\n")
        return make("verify", STAGE=folder, check=False, **variables)

    return verify


def test_equal_builds_give_the_id_of_the_image_that_stays(builder, project, verify):
    env = {"DOCKER_BUILDKIT": "0" if builder.builder == "legacy" else "1"}
    result = verify(DOCKER=builder.cli, env=env)
    assert result.returncode == 0, result.stderr
    image = builder.inspect(f"{project}:twice")
    assert result.stdout.splitlines()[-1] == f"Two builds gave the same image: {project}:twice, {image['Id']}"
    assert image["Created"] == image["Config"]["Labels"]["org.opencontainers.image.created"]
    assert not builder.exists("image", f"{project}:twice-first")


@pytest.mark.parametrize(
    ("command", "found"),
    [
        ("&& date +%N >/result/folder/time", "layer 1: folder/time: content, from byte 0"),
        ('&& touch "/result/$(date +%N)"', "in the order of the files"),
    ],
)
def test_first_difference_of_two_builds_is_named(verify, command, found):
    result = verify(command)
    assert result.returncode != 0
    assert "differ; the first difference:" in result.stderr
    assert found in result.stdout.splitlines()[-1]


def test_stage_that_does_not_declare_it_is_refused(verify):
    result = verify(declares="")
    assert result.returncode == 2
    assert "does not declare reproducible=yes" in result.stderr
