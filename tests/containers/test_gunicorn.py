"""The stage gunicorn: the whole application in production and in development."""

import re

import pytest
from engine import ROOT, wait_until
from lessons import blocks, lesson
from visitor import Visitor

GUNICORN = re.compile(r"/python3? \S*/gunicorn -c app/gunicorn_conf\.py app\.ops\.startup:prepared_app\(\)$")
JOBS = re.compile(r"/python3? -m app\.jobs 1$")
FLASK_RUN = re.compile(r"/python3? \S*/flask run --debug --host 0\.0\.0\.0 --port 5000 ")


@pytest.fixture
def image(any_builder, build):
    return build("gunicorn", any_builder)


def test_image_of_each_builder_serves_and_stops(builder, build, start):
    container = start(build("gunicorn", builder), port=True)
    assert container.wait_for_answer("/health/ready").text.strip() == '{"status":"ok"}'
    assert container.get("/").status == 200
    assert container.state["Running"]
    status, seconds = container.stop()
    assert status == 0
    assert seconds < 5


def test_image_configuration(builder, build):
    config = builder.inspect(build("gunicorn", builder))["Config"]
    assert config["User"] == "microblog"
    assert config["WorkingDir"] == "/home/microblog"
    assert config["Entrypoint"] == ["./boot.sh"]
    assert not config["Cmd"]
    assert list(config["ExposedPorts"]) == ["5000/tcp"]
    assert list(config["Volumes"]) == ["/data"]
    assert {"FLASK_APP=microblog.py", "APP_ENVIRONMENT=PROD", "DATA_DIR=/data"} <= set(config["Env"])
    assert config["Labels"]["org.opencontainers.image.title"] == "Microblog (gunicorn)"


def test_production_runs_two_unprivileged_gunicorn_workers(image, start):
    container = start(image, port=True)
    container.wait_for_answer()
    processes = container.processes()
    assert [bool(GUNICORN.search(process)) for process in processes[:3]] == [True] * 3, processes
    wait_until(lambda: JOBS.search(container.processes()[-1]), 30, "the process for jobs")
    assert len(container.processes()) == 4
    assert container.exec("id", "-un") == "microblog\n"
    assert container.exec("stat", "-c", "%U", "/proc/1") == "microblog\n"


def test_web_concurrency_sets_the_number_of_workers(image, start):
    container = start(image, options=["-e", "WEB_CONCURRENCY=1"], port=True)
    container.wait_for_answer()
    assert sum(bool(GUNICORN.search(process)) for process in container.processes()) == 2


def test_development_server_runs_and_stops(image, start):
    container = start(image, options=["-e", "APP_ENVIRONMENT=DEV"], port=True)
    container.wait_for_answer()
    assert all(FLASK_RUN.search(process) for process in container.processes()), container.processes()
    assert "Debugger is active" in container.logs
    status, seconds = container.stop()
    assert status == 0
    assert seconds < 5


def test_access_log_contains_the_request_id(image, start):
    container = start(image, port=True)
    container.wait_for_answer()
    identity = container.get("/health").headers["X-Request-ID"]
    wait_until(lambda: identity in container.logs, 10, "the line of this request")
    (line,) = [line for line in container.logs.splitlines() if identity in line]
    assert '"GET /health HTTP/1.1" 200' in line


def test_account_and_session_survive_a_new_container(engine, project, image, start):
    volume = f"{project}-lasting"
    engine("volume", "create", "--label", f"org.microblog.project={project}", volume)
    options = ["-v", f"{volume}:/data"]
    first, person = start(image, options=options, port=True), Visitor()
    first.wait_for_answer()
    person.register(first.url, "susan")
    engine("restart", first.name)
    first.wait_for_answer()
    assert person.is_signed_in(first.url, "susan")
    engine("rm", "-f", "-v", first.name)
    second = start(image, options=options, port=True)
    second.wait_for_answer()
    assert person.is_signed_in(second.url, "susan")


def test_two_instances_have_separate_sessions(instance):
    first, second, person = instance(STAGE="gunicorn"), instance(STAGE="gunicorn"), Visitor()
    person.register(first.url, "susan")
    person.register(second.url, "david")
    assert person.is_signed_in(first.url, "susan")
    assert person.is_signed_in(second.url, "david")


def test_pages_are_translated_into_french(image, start):
    container = start(image, port=True)
    assert '<html lang="fr"' in container.wait_for_answer("/auth/login?lang=fr").text
    assert "Créer un compte" in container.get("/auth/login?lang=fr").text


def instructions(text):
    """Returns the lines of a Dockerfile without comments and empty lines."""
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]


def test_lesson_quotes_every_instruction():
    told = "".join(block.text for block in blocks(lesson("gunicorn")) if block.language == "dockerfile")
    assert instructions(told) == instructions((ROOT / "docker/gunicorn/Dockerfile").read_text())
