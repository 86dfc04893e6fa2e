"""make accept: our stages keep the points of the contract that they claim, and each point can fail."""

import json
import re
import signal
import subprocess
import sys
from xml.etree import ElementTree

import pytest
from engine import ROOT, find_builder, run_command, some_thorough, wait_until
from lessons import LANGUAGES, app_stages

from scripts.contract.leaks import find_secret
from scripts.contract.points import NAMES

CONTRACT = [sys.executable, "-m", "scripts.contract"]
# A dozen starts, each of several processes: on a machine that does other things too, this takes minutes.
SECONDS = 1200
LIGHT = ["--patience=300", "--option=-e", "--option=WEB_CONCURRENCY=1", "--option=-e", "--option=JOB_WORKERS=0"]

# Each paragraph is a fault, and nothing else is wrong with it.
SERVED_WRONGLY = """
RUN sed -i 's#"/health"#"/healthy"#' app/ops/health.py

RUN chown microblog app/posts

ENV GUNICORN_CMD_ARGS="--access-logfile /tmp/access.log"

RUN mkdir docs && touch app/.env
"""
DEAF = """
ENV DATABASE_URL=sqlite:////tmp/app.db

ENTRYPOINT ["/bin/sh", "-c", "unset PORT APP_ENVIRONMENT; exec ./boot.sh"]

COPY . /srv
RUN rm -r /srv
"""
CLINGING = """
ENV DATA_DIR=/var/data
RUN install -d -o microblog -m 700 /var/data

ENTRYPOINT ["/bin/sh", "-c", "touch /var/tmp/started && ./boot.sh; exit 1"]
"""


@pytest.fixture
def image(build, any_builder):
    return build("optimized", any_builder)


@pytest.fixture
def accept(engine, project, tmp_path):
    """accept(image, *options): tries all points; {name: result} and the printed lines."""

    def accept(image, *options):
        report = tmp_path / "accept.json"
        command = [*CONTRACT, image, "--cli", engine.cli, "--project", project, "--report", report, *LIGHT, *options]
        printed = run_command(command, check=False, timeout=SECONDS)
        assert printed.returncode in (0, 1), printed.stderr
        return {point["name"]: point for point in json.loads(report.read_text())["points"]}, printed.stdout

    return accept


@pytest.fixture
def spoil(any_builder, image, project, tmp_path):
    """spoil(lines): builds an image with faults on that of the stage optimized; the image, and options for accept."""
    folder = tmp_path / "spoilt"
    folder.mkdir()

    def spoil(lines, user="microblog"):
        dockerfile = folder / "Dockerfile"
        dockerfile.write_text(f"FROM {image}\nUSER root\n{lines}\nUSER {user}\n")
        name = f"{project}:spoilt"
        any_builder("build", "-t", name, "--label", f"org.microblog.project={project}", folder)
        return name, "--dockerfile", str(dockerfile), "--context", str(folder)

    return spoil


def failed(results):
    return {name for name, result in results.items() if result["state"] == "failed"}


@pytest.mark.timeout(SECONDS)
@pytest.mark.parametrize("stage", some_thorough(app_stages(), "gunicorn"))
def test_stage_keeps_the_points_that_it_claims(make, any_builder, build, stage, tmp_path):
    build(stage, any_builder)
    reports = tmp_path / "accept.json", tmp_path / "accept.xml"
    tag = f"{stage}-{any_builder.builder}"
    env = {"DOCKER_BUILDKIT": any_builder.env["DOCKER_BUILDKIT"]}
    variables = {"STAGE": stage, "TAG": tag, "DOCKER": any_builder.cli, "REPORT": " ".join(map(str, reports))}
    printed = make("accept", **variables, env=env, timeout=SECONDS)
    points = json.loads(reports[0].read_text())["points"]
    assert [point["name"] for point in points] == list(NAMES)
    assert [point["name"] for point in points if point["claimed"] and point["state"] != "passed"] == []
    claimed = [point for point in points if point["claimed"]]
    assert f"{len(claimed)} of {len(claimed)} claimed points hold" in printed.stdout
    suite = ElementTree.parse(reports[1]).getroot()
    assert [case.get("name") for case in suite] == list(NAMES)
    assert len(suite.findall("testcase/skipped")) == len(points) - len(claimed)


@pytest.mark.timeout(SECONDS)
@pytest.mark.thorough
@pytest.mark.parametrize(
    ("lines", "points"),
    [
        (SERVED_WRONGLY, {"health", "code", "logs", "contents"}),
        (DEAF, {"port", "environment", "data", "secrets"}),
        (CLINGING, {"stop", "any-uid", "read-only"}),
    ],
    ids=["served wrongly", "deaf", "clinging"],
)
def test_faults_fail_exactly_their_points(accept, spoil, lines, points):
    results, printed = accept(*spoil(lines))
    assert failed(results) == points, printed
    assert {name for name, result in results.items() if result["state"] == "not judged"} == set(), printed
    assert all(result["remedy"] for name, result in results.items() if name in points)
    assert printed.count("remedy:") == len(points)


@pytest.mark.thorough
def test_root_fails_and_its_code_is_not_judged(accept, spoil):
    results, printed = accept(*spoil("", user="root"), "--points", "user code")
    assert failed(results) == {"user"}, printed
    assert results["code"]["state"] == "not judged"


@pytest.mark.thorough
def test_image_that_can_not_start_is_one_failure(accept, spoil):
    results, printed = accept(*spoil('ENTRYPOINT ["/missing"]'))
    assert failed(results) == {"port"}, printed
    assert "/missing" in results["port"]["seen"]
    assert {results[name]["state"] for name in ("contents", "secrets")} == {"passed"}
    assert results["data"]["state"] == "not judged"


@pytest.mark.thorough
def test_plain_dockerfile_of_a_student_gets_clear_failures(make, tmp_path):
    report = tmp_path / "accept.json"
    dockerfile = tmp_path / "Dockerfile"
    text = (ROOT / "tests/containers/third_party/distribution.Dockerfile").read_text()
    dockerfile.write_text(text.replace("ARG BASE_IMAGE\n", "ARG BASE_IMAGE=ubuntu:24.04\n"))
    points = "port health user code contents"
    printed = make("accept", STAGE=dockerfile, POINTS=points, REPORT=report, check=False)
    results = {point["name"]: point["state"] for point in json.loads(report.read_text())["points"]}
    assert printed.returncode == 2, printed.stderr
    assert results == dict.fromkeys(points.split(), "passed") | {"user": "failed", "code": "not judged"}
    assert re.search(r"^fail +user +runs as root: .*gunicorn", printed.stdout, re.MULTILINE)
    assert "remedy: RUN useradd microblog" in printed.stdout
    assert "Traceback" not in printed.stderr


@pytest.mark.parametrize(
    ("lines", "state"),
    [
        ("", "passed"),
        ("COPY microblog.py lessons/mine/", "failed"),
        ("WORKDIR /home/microblog/lessons/other\nWORKDIR /home/microblog", "failed"),
        ("WORKDIR /home/microblog/other\nWORKDIR /home/microblog", "failed"),
    ],
    ids=["nothing else", "a file", "another folder in it", "another folder"],
)
def test_empty_folder_of_the_dockerfile_is_no_fault(make, tree, lines, state):
    """The legacy builder sends the Dockerfile, and leaves its folder in the context, whatever .dockerignore says."""
    legacy = find_builder("legacy") or pytest.skip("no docker command on the PATH can build with legacy")
    folder, report = tree / "lessons/mine", tree / "accept.json"
    folder.mkdir(parents=True)
    (folder / "Dockerfile").write_text(f"FROM scratch\nWORKDIR /home/microblog\nADD . .\n{lines}\n")
    variables = {"STAGE": "lessons/mine/Dockerfile", "POINTS": "contents", "REPORT": report}
    printed = make("accept", **variables, DOCKER=legacy.cli, env=legacy.env, cwd=tree, check=False)
    assert json.loads(report.read_text())["points"][0]["state"] == state, printed.stdout


@pytest.mark.timeout(SECONDS)
@pytest.mark.thorough
def test_interrupted_run_removes_what_it_made(engine, image, project):
    ours = ("-q", "--filter", f"label=org.microblog.project={project}-interrupted")
    command = [*CONTRACT, image, "--cli", engine.cli, "--project", f"{project}-interrupted", "--points", "data", *LIGHT]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL) as run:
        wait_until(lambda: engine("volume", "ls", *ours).stdout and engine("ps", *ours).stdout, 300, "a container")
        run.send_signal(signal.SIGINT)
        assert run.wait(120) == 130
    assert engine("ps", "-a", *ours).stdout == ""
    assert engine("volume", "ls", *ours).stdout == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_explains_each_point(language):
    page = (ROOT / "docker" / language).read_text()
    assert re.findall(r"^### `([\w-]+)`", page, re.MULTILINE) == list(NAMES)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("API_TOKEN=abc123", "a value for API_TOKEN"),
        ("RUN curl https://susan:cat@index.example/simple", "a URL with a password"),
        ("-----BEGIN OPENSSH PRIVATE KEY-----", "a private key"),
        ("|1 KEY=AKIA" + "ABCDEFGHIJKLMNOP /bin/sh -c true", "a key of AWS"),
        ("SECRET_KEY_FILE=/run/secrets/key", None),
        ("SECRET_KEY=$KEY ./boot.sh", None),
        ("GPG_KEY=7169605F62C751356D054A26A821E680E5FA6305", None),
        ("PATH=/usr/bin:/bin DATABASE_URL=mysql://db/blog", None),
    ],
)
def test_secrets_in_the_configuration_are_found(text, kind):
    assert find_secret(text) == kind


def test_unknown_point_in_a_claim_is_refused(make, tmp_path):
    (tmp_path / "Dockerfile").write_text("FROM scratch\nLABEL a=b\n")
    (tmp_path / "stage.conf").write_text("claims=port speed\n")
    printed = make("accept", STAGE=tmp_path, TAG="wrong-claim", check=False)
    assert printed.returncode == 2
    assert "there is no point 'speed'; the points are: port health" in printed.stderr
