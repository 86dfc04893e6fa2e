"""make check and make check-class on an engine: the corpus is judged as written, and hostile submissions end."""

import ipaddress
import json
import os
import shutil
import socket
import uuid

import pytest
from corpus import VERDICTS, Case, cases
from engine import ROOT, find_builder, run_command

from scripts.checking.verdict import FAILED, NOT_JUDGED, PASSED

SECONDS = 7200
QUICK = Case("ubuntu-sleep", "entrypoint")


@pytest.fixture
def check_class(make, any_builder, tmp_path):
    """check_class(stage, folder, **variables): judges a class; the results by student, {point: (state, cause)}."""
    output = ROOT / "build/check"

    def check_class(stage, folder, **variables):
        env = {"DOCKER_BUILDKIT": any_builder.env["DOCKER_BUILDKIT"]}
        shutil.rmtree(output / stage, ignore_errors=True)
        printed = make(
            "check-class", STAGE=stage, DIR=folder, DOCKER=any_builder.cli, env=env, timeout=SECONDS, **variables
        )
        data = json.loads((output / stage / "check.json").read_text())
        results = {
            s["student"]: {p["name"]: (p["state"], p["cause"]) for p in s["points"]} for s in data["submissions"]
        }
        return results, printed.stdout

    return check_class


def left_by(engine, project):
    """Returns what a run has left of its containers, volumes, networks and images."""
    ours = ("-q", "--filter", f"label=org.microblog.project={project}")
    listings = (("ps", "-a"), ("volume", "ls"), ("network", "ls"))
    labelled = engine("images", "-q", "--filter", "label=org.microblog.accept").stdout.split()
    named = [name for name in labelled if f"{project}-accept" in engine("inspect", name).stdout]
    return [line for listing in listings for line in engine(*listing, *ours).stdout.split()] + named


def test_one_dockerfile_is_judged_in_each_language(make, any_builder, engine, tmp_path):
    report = tmp_path / "check.json"
    env = {"DOCKER_BUILDKIT": any_builder.env["DOCKER_BUILDKIT"]}
    variables = {
        "STAGE": QUICK.stage,
        "FILE": QUICK.path,
        "DOCKER": any_builder.cli,
        "REPORT": report,
        "CHECK_LANG": "fr",
    }
    project = "mbtest-check-one"
    printed = make("check", env=env, check=False, IMAGE=project, **variables)
    assert printed.returncode == 2, printed.stderr
    states = {point["name"]: point["state"] for point in json.loads(report.read_text())["submissions"][0]["points"]}
    assert states == QUICK.expected()
    assert "✗ raté        arguments" in printed.stdout
    assert "Piste\u00a0: Deux instructions" in printed.stdout
    assert left_by(engine, project) == []


@pytest.mark.parametrize(
    ("target", "variables", "message"),
    [
        (
            "check",
            {"STAGE": "gunicorn"},
            "give the Dockerfile to judge: make check STAGE=gunicorn FILE=lessons/gunicorn/",
        ),
        (
            "check",
            {"STAGE": "hardened", "FILE": "docker/hardened/Dockerfile"},
            "STAGE=hardened has no points; use one of:",
        ),
        (
            "check",
            {"STAGE": "gunicorn", "FILE": "docker/gunicorn/Dockerfile", "POINTS": "speed"},
            "there is no point 'speed'; the points are: file",
        ),
        (
            "check",
            {"STAGE": "gunicorn", "FILE": "a", "CHECK_LANG": "es"},
            "CHECK_LANG=es is not valid; use one of: en fr",
        ),
        ("check", {"STAGE": "gunicorn", "FILE": "a", "REPORT": "a.txt"}, "REPORT=a.txt must end in .json or .xml"),
        (
            "check",
            {"STAGE": "gunicorn", "FILE": "missing"},
            "FILE=missing does not exist; give the path of a Dockerfile",
        ),
        ("check-class", {"STAGE": "v0.2"}, "give the folder of the submissions: make check-class STAGE=v0.2 DIR="),
        ("check-class", {"STAGE": "v0.2", "DIR": "missing"}, "there are no submissions in DIR=missing; give a folder"),
    ],
)
def test_wrong_arguments_are_one_line(make, target, variables, message):
    printed = make(target, check=False, **variables)
    assert printed.returncode == 2
    assert message in printed.stderr
    assert "Traceback" not in printed.stderr


@pytest.mark.thorough
@pytest.mark.timeout(SECONDS)
@pytest.mark.parametrize("stage", VERDICTS)
def test_corpus_is_judged_as_written(check_class, tmp_path, stage):
    # Under names that tell nothing.
    students = {f"student-{number:02}": case for number, case in enumerate(cases(stage))}
    for name, case in students.items():
        if case.path.is_dir():
            shutil.copytree(case.path, tmp_path / name)
        else:
            shutil.copy(case.path, tmp_path / f"{name}.Dockerfile")
    results, printed = check_class(stage, tmp_path)
    expected = {name: case.expected() for name, case in students.items()}
    wrong = [
        (students[name].name, point, state, results[name][point])
        for name, states in expected.items()
        for point, state in states.items()
        if results[name][point][0] != state
    ]
    total = sum(map(len, expected.values()))
    assert len(wrong) <= 0.02 * total, f"{len(wrong)} of {total}: {wrong}\n{printed}"


HOSTILE = {
    "loops": "CMD while true; do true; done",
    "forks": "CMD bomb() { bomb | bomb & }; bomb; sleep 600",
    "fills-the-disk": "CMD cat /dev/zero >/big; sleep 1",
    "fills-the-log": "CMD yes",
    "takes-memory": "CMD tail /dev/zero",
    "never-ends": "CMD trap '' TERM INT HUP; while true; do sleep 1; done",
    # A connection ends the container; so does anything but the relay's refusal.
    "leaves-the-network": "CMD {connect} || exec sleep 600",
    "leaves-by-the-relay": """CMD timeout 3 bash -c 'exec 3<>/dev/tcp/$(hostname -I | sed "s/[0-9]* *$/2/")/8888; \\
        printf "CONNECT {server}\\n\\n" >&3; read -r answer <&3; [[ $answer == *403* ]]' && exec sleep 600""",
    "right": "CMD sleep 3600",
}


@pytest.fixture
def server(engine):
    """The address and port of a server of this machine, which containers of the usual network reach."""
    subnet = json.loads(engine("network", "inspect", "bridge").stdout)[0]["IPAM"]["Config"][0]["Subnet"]
    address = str(next(ipaddress.ip_network(subnet).hosts()))
    with socket.create_server((address, 0)) as server:
        yield f"{address}:{server.getsockname()[1]}"


@pytest.mark.thorough
@pytest.mark.timeout(SECONDS)
def test_hostile_submissions_end_and_the_next_goes_on(check_class, engine, base, server, tmp_path):
    connect = f"timeout 3 bash -c 'exec 3<>/dev/tcp/{server.replace(':', '/')}'"
    for name, line in HOSTILE.items():
        text = line.replace("{connect}", connect).replace("{server}", server)
        (tmp_path / f"{name}.Dockerfile").write_text(f"FROM ubuntu:24.04\n{text}\n")
    (tmp_path / "link.Dockerfile").symlink_to("/etc/passwd")
    os.mkfifo(tmp_path / "pipe.Dockerfile")
    project = "mbtest-check-hostile"
    results, printed = check_class("ubuntu-sleep", tmp_path, IMAGE=project)
    assert set(results) == {*HOSTILE, "link", "pipe"}
    assert results["link"]["file"] == (FAILED, "refused-link")
    assert results["pipe"]["file"] == (FAILED, "refused-special")
    assert {results["right"][point][0] for point in results["right"]} == {PASSED}, printed
    for name in ("leaves-the-network", "leaves-by-the-relay"):
        assert results[name]["stays"][0] == PASSED, printed
    assert engine("run", "--rm", base("ubuntu-sleep"), "sh", "-c", connect).returncode == 0
    assert left_by(engine, project) == []


@pytest.fixture
def judge_build(base, tmp_path):
    """judge_build(engine, line): judges a build with this line, for half a minute; the state and the cause."""
    base("ubuntu-sleep")  # to make it may take longer
    run_command(["sh", "scripts/venv", ".venv-check", "scripts/checking/requirements.txt"])
    report, dockerfile = tmp_path / "check.json", tmp_path / "Dockerfile"

    def judge_build(engine, line):
        dockerfile.write_text(f"FROM ubuntu:24.04\n{line}\n")
        path = {"PATH": f"{ROOT}/.venv-check/bin:{os.environ['PATH']}"}
        options = ["--stage", "ubuntu-sleep", "--minutes=1", "--cli", engine.cli, "--report", report]
        command = ["python3", "-m", "scripts.checking", "one", dockerfile, *options, "--points", "file builds"]
        printed = run_command(command, env=engine.env | path, check=False)
        point = json.loads(report.read_text())["submissions"][0]["points"][1]
        return point["state"], point["cause"], printed.stdout

    return judge_build


def containers_of(engine, token):
    """Returns the commands of containers, also of those that have ended, that hold this word."""
    listed = engine("ps", "-a", "--no-trunc", "--format", "{{.Command}}").stdout
    return [command for command in listed.splitlines() if token in command]


def test_failed_build_leaves_no_container(builder, judge_build):
    token = uuid.uuid4().hex
    state, cause, printed = judge_build(builder, f"RUN echo {token} && exit 3")
    assert (state, cause) == (FAILED, "build-failed"), printed
    assert containers_of(builder, token) == []


@pytest.mark.thorough
@pytest.mark.parametrize("line", ["RUN sleep 600 #", "RUN yes"])
def test_build_without_an_end_is_stopped(builder, judge_build, line):
    token = uuid.uuid4().hex
    state, cause, printed = judge_build(builder, f"{line} {token}")
    assert (state, cause) == (FAILED, "exceeded-build"), printed
    assert containers_of(builder, token) == []


@pytest.mark.thorough
@pytest.mark.parametrize(
    "line",
    ["RUN --mount=type=cache,target=/c true", "COPY --link Dockerfile /d", "COPY <<EOF /d\na=b\nEOF"],
)
def test_instruction_that_the_builder_is_too_old_for_is_not_judged(judge_build, line):
    legacy = find_builder("legacy") or pytest.skip("no docker command on the PATH can build with legacy")
    state, cause, printed = judge_build(legacy, line)
    assert (state, cause) == (NOT_JUDGED, "builder-old"), printed


@pytest.mark.thorough
def test_processes_of_a_build_are_bounded(judge_build):
    legacy = find_builder("legacy")
    if os.getuid() or legacy is None or legacy("info", "--format", "{{.CgroupDriver}}").stdout.strip() != "cgroupfs":
        pytest.skip("only root can bound the processes of a build, and only with the driver cgroupfs")
    state, cause, printed = judge_build(legacy, "RUN for i in $(seq 400); do sleep 9 & done; wait")
    assert (state, cause) == (FAILED, "build-failed"), printed
    assert "Cannot fork" in printed


@pytest.mark.thorough
@pytest.mark.timeout(SECONDS)
@pytest.mark.parametrize("stage", VERDICTS)
def test_solution_keeps_every_point(make, any_builder, stage):
    env = {"DOCKER_BUILDKIT": any_builder.env["DOCKER_BUILDKIT"]}
    file = f"docker/{stage}"
    printed = make("check", STAGE=stage, FILE=file, DOCKER=any_builder.cli, env=env, check=False, timeout=SECONDS)
    assert printed.returncode == 0, printed.stdout + printed.stderr
