"""The stage healthcheck: the engine's health status, the probe, and recovery by a restart."""

import json
import shutil

import pytest
from engine import Engine, wait_until


@pytest.fixture
def image(any_builder, build):
    return build("healthcheck", any_builder)


def kill(container):
    container.get("/kill")


def test_image_configuration_of_each_builder(builder, build):
    config = builder.inspect(build("healthcheck", builder))["Config"]
    assert config["Healthcheck"] == {
        "Test": ["CMD", "python", "probe.py"],
        "Interval": 5_000_000_000,
        "Timeout": 3_000_000_000,
        "Retries": 3,
    }
    assert config["StopSignal"] == "SIGINT"
    assert config["Cmd"] == ["flask", "run", "-h", "0.0.0.0"]
    assert list(config["ExposedPorts"]) == ["5000/tcp"]
    assert config["Labels"]["org.opencontainers.image.title"] == "Microblog (healthcheck)"


def test_podman_keeps_the_healthcheck(make, project):
    if not shutil.which("podman"):
        pytest.skip("podman is not installed")
    make("build", STAGE="healthcheck", ENGINE="podman")
    podman = Engine("podman")
    try:
        kept = podman("image", "inspect", "--format", "{{json .HealthCheck}}", f"{project}:healthcheck").stdout
        assert json.loads(kept)["Test"] == ["CMD", "python", "probe.py"]
    finally:
        podman("rmi", "-f", f"{project}:healthcheck", check=False)


def test_unhealthy_container_is_not_restarted(engine, image, start):
    container = start(image, options=["--restart", "always"], port=True)
    assert container.health == "starting"
    container.wait_for_answer()
    wait_until(lambda: container.health == "healthy", 30, "healthy")
    began = container.state["StartedAt"]

    kill(container)
    wait_until(lambda: container.health == "unhealthy", 60, "unhealthy")
    assert "(unhealthy)" in engine("ps", "--filter", f"name={container.name}", "--format", "{{.Status}}").stdout
    log = container.state["Health"]["Log"]
    assert [entry["Output"].strip() for entry in log[-3:]] == ["500 ill"] * 3
    assert container.state["Health"]["FailingStreak"] >= 3
    # One more probe: the engine has had time to restart it.
    wait_until(lambda: container.state["Health"]["Log"][-1]["Start"] > log[-1]["End"], 30, "one more probe")
    assert container.state["Running"]
    assert container.state["StartedAt"] == began
    assert engine.inspect(container.name)["RestartCount"] == 0
    assert container.get("/").status == 200


def test_restart_makes_the_container_healthy(engine, image, start):
    container = start(image, port=True)
    container.wait_for_answer()
    kill(container)
    assert container.get("/health").status == 500
    engine("restart", container.name)
    container.wait_for_answer("/health")
    assert container.get("/health").text == "OK\n"
    wait_until(lambda: container.health == "healthy", 30, "healthy")


def test_probe_fails_on_an_error_and_without_a_server(engine, image, start):
    container = start(image, port=True)
    container.wait_for_answer()
    assert container.exec("python", "probe.py") == "200 OK\n"
    kill(container)
    assert engine("exec", container.name, "python", "probe.py", check=False).returncode == 1
    alone = engine("run", "--rm", image, "python", "probe.py", check=False)
    assert alone.returncode == 1
    assert alone.stderr.startswith("no answer: ")


def test_probe_ignores_proxies(image, start):
    nowhere = "http://127.0.0.1:9"
    container = start(image, options=["-e", f"http_proxy={nowhere}", "-e", f"HTTP_PROXY={nowhere}"], port=True)
    container.wait_for_answer()
    assert container.exec("python", "probe.py") == "200 OK\n"


def test_application_serves_by_python_too(image, start):
    container = start(image, "python", "app.py", port=True)
    assert container.wait_for_answer("/health").text == "OK\n"
    assert container.stop()[0] == 0


def test_kill_accepts_post(engine, image, start):
    container = start(image, port=True)
    container.wait_for_answer()
    container.exec("python", "-c", "import urllib.request as u; u.urlopen('http://localhost:5000/kill', data=b'')")
    assert container.get("/health").status == 500


def test_server_is_process_1_and_stops_with_status_0(image, start):
    container = start(image, port=True)
    container.wait_for_answer()
    (only,) = container.processes()
    assert only.endswith("flask run -h 0.0.0.0")
    code, seconds = container.stop()
    assert code == 0
    assert seconds < 5


def test_make_restart_makes_the_instance_healthy(instance, make):
    container = instance(STAGE="healthcheck")
    kill(container)
    assert container.get("/health").status == 500
    make("restart", PORT=container.port)
    assert container.get("/health").status == 200
    assert "GET /health" in make("logs", PORT=container.port).stdout + make("logs", PORT=container.port).stderr
