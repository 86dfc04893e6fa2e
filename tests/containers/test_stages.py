"""Stages: folders under docker/, and paths of any folder or Dockerfile."""

import re
import uuid

import pytest
from engine import ROOT, free_port
from lessons import stages
from visitor import Visitor


@pytest.fixture
def lab(tmp_path):
    """lab("FROM …", name="Dockerfile"): the path of a Dockerfile in a folder that is not part of the tree."""

    def lab(text, name="Dockerfile"):
        file = tmp_path / "My lab" / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
        return file

    return lab


def names(result):
    """Returns the names that `make stages` lists."""
    return [line.split()[0] for line in result.stdout.splitlines()]


def test_stages_are_listed_in_the_order_of_the_course(make):
    rows = re.findall(r"^\| `([\w.-]+)` \| (.*?) \|", (ROOT / "README.md").read_text(), re.MULTILINE)
    listed = [re.split(r" {2,}|(?<=\S) (?=\S)", line, maxsplit=1) for line in make("stages").stdout.splitlines()]
    assert [tuple(words) for words in listed] == rows
    assert {name for name, _ in rows} == set(stages())


def test_new_folder_under_docker_is_a_stage(tree, make, project):
    folder = tree / "docker/mine"
    folder.mkdir()
    (folder / "Dockerfile").write_text("FROM scratch\nCOPY microblog.py /\n")
    assert names(make("stages", cwd=tree)) == [*names(make("stages")), "mine"]
    assert f"Built {project}:mine on scratch" in make("build", STAGE="mine", cwd=tree).stdout


@pytest.mark.parametrize(
    ("name", "stage"), [("Dockerfile", "My-lab"), ("Dockerfile.alpine", "My-lab-alpine"), ("b.Dockerfile", "My-lab-b")]
)
def test_stage_of_a_path_has_a_tag_of_its_own(lab, make, project, name, stage):
    """Its context is the checkout, as for a plain Dockerfile of the application."""
    file = lab("FROM scratch\nCOPY microblog.py /\n", name)
    assert f"Built {project}:{stage} on scratch" in make("build", STAGE=file).stdout


def test_folder_of_a_stage_is_that_stage(make, project):
    result = make("build", STAGE="docker/ubuntu-sleep/", TARGET="bare", BASE="debian")
    assert f"Built {project}:ubuntu-sleep on " in result.stdout


def test_named_base_image_is_replaced_by_its_stand_in(lab, make, project, engine):
    file = lab(
        "FROM python:3.13-slim-trixie AS first\r\nFROM first\r\nFROM scratch\r\nCOPY --from=first /etc/hosts /\r\n"
    )
    result = make("build", STAGE=file, BASE="debian")
    assert "the stand-in for python:3.13-slim-trixie (BASE=debian)" in result.stderr
    assert engine.exists("image", f"{project}:My-lab")


def test_line_of_a_here_document_is_no_base(make, lab, stub):
    variables, calls = stub("'image inspect flask'*) exit 1 ;;")
    python = "COPY <<EOF /app.py\nfrom flask import Flask\nEOF\n"
    make("build", **variables | {"STAGE": lab(f"FROM --platform=linux/amd64 some/image:1 AS one\n{python}FROM one\n")})
    assert [call for call in calls() if call.startswith("image inspect some/image:1")]
    assert not [call for call in calls() if "flask" in call]


def test_image_without_a_stand_in_is_named(lab, make):
    result = make("build", STAGE=lab("FROM nobody/nothing:1\n"), check=False)
    assert result.returncode != 0
    assert "error: no image nobody/nothing:1: " in result.stderr


def test_plain_dockerfile_runs_and_keeps_its_data(lab, make, build, any_builder, instance):
    file = lab(f"FROM {build('gunicorn', any_builder)}\nENV BIND=:8000\n")
    (file.parent / "stage.conf").write_text("port=8000\n")
    container = instance(STAGE=file)
    Visitor().register(container.url, "susan")
    make("run", STAGE=file, PORT=container.port)
    assert container.get("/user/susan").status == 200
    assert "answers" in make("restart", PORT=container.port).stdout


def test_build_that_fails_leaves_no_container(lab, make, engine):
    token = uuid.uuid4().hex
    path = lab(f"FROM ubuntu:24.04\nRUN echo {token} && exit 3\n")
    result = make("build", STAGE=path, env={"DOCKER_BUILDKIT": "0"}, check=False)
    assert "error: could not build" in result.stderr
    assert token in result.stdout + result.stderr
    assert token not in engine("ps", "-a", "--no-trunc", "--format", "{{.Command}}").stdout


def test_image_without_data_dir_is_told_apart(lab, make, build, any_builder, instance, project):
    file = lab(f"FROM {build('gunicorn', any_builder)}\nENV DATA_DIR=\n")
    port = free_port()
    result = make("run", STAGE=file, PORT=port)
    make("stop", PORT=port)
    assert "The image sets no DATA_DIR, so its data goes with the container" in result.stderr


@pytest.mark.parametrize(
    ("stage", "error"),
    [
        ("nowhere/", "STAGE=nowhere/ is neither a folder nor a Dockerfile; "),
        ("docker", "STAGE=docker is not valid; use one of: ubuntu-sleep "),
        ("./docker", "STAGE=./docker: there is no file "),
        ("~/nowhere", "/nowhere is neither a folder nor a Dockerfile; "),
    ],
)
def test_wrong_path_is_refused_in_one_line(make, stage, error):
    result = make("build", STAGE=stage, check=False)
    assert result.returncode != 0
    assert error in result.stderr


def test_path_named_like_a_stage_has_an_image_of_its_own(make, engine, project, tmp_path):
    """As the folders that `make lesson` makes: their images don't replace the stage's."""
    (tmp_path / "optimized").mkdir()
    (tmp_path / "optimized/Dockerfile").write_text("FROM scratch\nCOPY microblog.py /\n")
    image_before = engine("images", "-q", f"{project}:optimized").stdout
    assert f"Built {project}:my-optimized on scratch" in make("build", STAGE=tmp_path / "optimized").stdout
    tagged = make("build", STAGE=tmp_path / "optimized", TAG="susan")
    assert f"Built {project}:susan on scratch" in tagged.stdout
    assert engine("images", "-q", f"{project}:optimized").stdout == image_before


def test_unknown_line_of_a_declaration_is_refused(lab, make):
    file = lab("FROM scratch\n")
    (file.parent / "stage.conf").write_text("# ours\nport=8000\nprot=1\n")
    result = make("build", STAGE=file, check=False)
    assert "stage.conf, line 3:prot=1: not a line KEY=VALUE with a key of docker/README.md" in result.stderr
