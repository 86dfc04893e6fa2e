"""The stage identidock: three containers, of which the application goes on without the other two."""

import hashlib
import importlib.util
import json
import time
import uuid
from urllib.parse import quote

import pytest
from engine import LABEL, ROOT, Container, free_port, wait_until

AWAY = "The cache is unreachable"
STATISTICS = "import urllib.request as u; print(u.urlopen('http://localhost:9191').read().decode())"


@pytest.fixture(scope="module")
def site(engine, make, project):
    """An instance with its companions, as `make run` starts it."""
    port = free_port()
    make("run", STAGE="identidock", PORT=port)
    yield Container(engine, f"{project}-{port}", port)
    make("stop", PORT=port)


@pytest.fixture(scope="session")
def image(any_builder, build):
    return build("identidock", any_builder)


@pytest.fixture
def run_alone(engine, image, start):
    """run_alone(*arguments, options=()): a container of the image without companions, once it answers."""

    def run_alone(options=()) -> Container:
        port = free_port()
        name = start(image, options=["-p", f"127.0.0.1:{port}:9090", *options]).name
        container = Container(engine, name, port)
        container.wait_for_answer("/health")
        return container

    return run_alone


@pytest.fixture
def companion(engine, site):
    """companion("stop", "redis"): has the engine do something to a companion; undone after the test."""
    undo = {"stop": "start", "pause": "unpause"}
    done = []

    def companion(action, name):
        engine(action, f"{site.name}-{name}")
        done.append((undo[action], name))

    yield companion
    for action, name in done:
        engine(action, f"{site.name}-{name}")
    # Each process of the server asks again after a pause.
    wait_until(lambda: all(cache_of(site, new_picture()) == "miss" for _ in range(6)), 60, "the cache")


def new_picture():
    """Returns the path of a picture that nobody has asked for."""
    return f"/identicon/{hashlib.sha256(uuid.uuid4().bytes).hexdigest()}.svg"


def cache_of(site, path):
    """Returns what the picture's header says of the cache."""
    return site.get(path).headers.get("X-Cache")


def draw(digest):
    """Returns the picture that the application's own module draws."""
    spec = importlib.util.spec_from_file_location("avatars", ROOT / "app/users/avatars.py")
    avatars = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(avatars)
    return avatars.identicon(int(digest, 16))


def test_picture_is_that_of_the_application(site):
    digest = hashlib.sha256("Zoé".encode()).hexdigest()
    assert f'<img src="/identicon/{digest}.svg"' in site.get(f"/?name={quote('Zoé')}").text
    assert site.get(f"/identicon/{digest}.svg").text == draw(digest)


def test_second_request_comes_from_the_cache(site):
    path = new_picture()
    first, second = site.get(path), site.get(path)
    assert (first.headers["X-Cache"], second.headers["X-Cache"]) == ("miss", "hit")
    assert first.text == second.text
    assert AWAY not in site.get().text


def test_name_is_escaped(site):
    text = site.get("/?name=" + quote("\"><script>alert('x')</script>")).text
    assert "<script" not in text
    assert text.count("&#34;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;") == 3


@pytest.mark.parametrize("path", ["/identicon/x.svg", "/identicon/" + 64 * "A" + ".svg", "/identicon/..%2fx.svg"])
def test_picture_needs_a_digest(site, path):
    assert site.get(path).status == 404


def test_page_works_while_redis_is_stopped(site, companion):
    companion("stop", "redis")
    wait_until(lambda: AWAY in site.get().text, 30, "the message")
    picture = site.get(new_picture())
    assert (picture.status, picture.headers["X-Cache"]) == (200, "off")
    assert "no cache for 5 s: " in site.logs


def test_page_works_while_redis_hangs(site, companion):
    companion("pause", "redis")
    wait_until(lambda: AWAY in site.get().text, 30, "the message")
    assert cache_of(site, new_picture()) == "off"


def test_cached_picture_is_there_while_the_service_is_stopped(site, companion):
    path = new_picture()
    kept = site.get(path).text
    companion("stop", "identicon")
    assert site.get(path).text == kept
    assert site.get(new_picture()).status == 503
    assert site.get().status == 200
    assert site.get("/health").text == "OK\n"


def test_only_the_application_publishes_a_port(site, engine):
    published = {}
    for name in (site.name, f"{site.name}-redis", f"{site.name}-identicon"):
        container = engine.inspect(name)
        published[name] = list(container["HostConfig"]["PortBindings"] or {})
        assert list(container["NetworkSettings"]["Networks"]) == [f"{site.name}-companions"]
    assert published == {site.name: ["9090/tcp"], f"{site.name}-redis": [], f"{site.name}-identicon": []}


def test_statistics_are_on_their_own_port(site):
    figures = json.loads(site.exec("python", "-c", STATISTICS))
    assert [len(worker["cores"]) for worker in figures["workers"]] == [4, 4]
    assert sum(worker["requests"] for worker in figures["workers"]) > 0


def test_no_container_runs_as_root(site, engine):
    assert site.exec("whoami") == "uwsgi\n"
    for name in (site.name, f"{site.name}-redis", f"{site.name}-identicon"):
        status = Container(engine, name).exec("cat", "/proc/1/status")
        (uids,) = [line.split()[1:] for line in status.splitlines() if line.startswith("Uid:")]
        assert "0" not in uids, name


def test_server_can_not_change_its_code(site):
    assert site.exec("find", "/app", "-writable") == ""


def test_image_configuration_of_each_builder(builder, build):
    config = builder.inspect(build("identidock", builder))["Config"]
    assert (config["User"], config["Cmd"]) == ("uwsgi", ["./cmd.sh"])
    assert sorted(config["ExposedPorts"]) == ["9090/tcp", "9191/tcp"]
    assert config["Healthcheck"]["Test"] == ["CMD", "python", "probe.py"]
    assert "APP_ENVIRONMENT=PROD" in config["Env"]


def test_image_contains_no_compiler(engine, image):
    found = engine("run", "--rm", image, "sh", "-c", "command -v cc gcc make; true").stdout
    assert found == ""


def test_production_runs_confined_and_stops_with_status_0(run_alone):
    container = run_alone(["--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"])
    assert container.processes()[0].endswith("uwsgi --ini uwsgi.ini")
    assert AWAY in container.get().text
    wait_until(lambda: container.health == "healthy", 60, "healthy")
    code, _ = container.stop()
    assert code == 0


def test_name_server_that_does_not_answer_is_not_waited_for(run_alone, engine, project):
    network = f"{project}-dns"
    engine("network", "create", "--label", f"{LABEL}={project}", network)
    container = run_alone(["--network", network, "--dns", "192.0.2.1"])  # nobody's address
    start = time.monotonic()
    assert AWAY in container.get().text
    assert time.monotonic() - start < 5


def test_development_server_reloads_the_code(run_alone, tmp_path):
    code = tmp_path / "app.py"
    code.write_text((ROOT / "docker/identidock/app.py").read_text())
    container = run_alone(["-e", "APP_ENVIRONMENT=DEV", "-v", f"{code}:/app/app.py:ro", "--init"])
    assert any("flask run --debug" in command for command in container.processes())
    code.write_text(code.read_text().replace('return "OK\\n"', 'return "changed\\n"'))
    wait_until(lambda: (answer := container.get("/health")) and answer.text == "changed\n", 60, "the change")


def test_wrong_environment_is_refused(engine, image):
    result = engine("run", "--rm", "-e", "APP_ENVIRONMENT=TEST", image, check=False)
    assert (result.returncode, result.stderr) == (64, "cmd.sh: APP_ENVIRONMENT is PROD or DEV, not TEST\n")


def test_broken_application_ends_the_container(engine, image, tmp_path):
    broken = tmp_path / "app.py"
    broken.write_text("import nothing_of_this_name\n")
    result = engine("run", "--rm", "-v", f"{broken}:/app/app.py:ro", image, check=False, timeout=60)
    assert result.returncode not in (0, 124)
    assert "nothing_of_this_name" in result.stdout + result.stderr


def test_companions_end_with_the_instance(engine, make, project):
    port = free_port()
    listed = ("--filter", f"label=org.microblog.companion={project}-{port}", "-q")
    make("run", STAGE="identidock", PORT=port)
    assert len(engine("ps", *listed).stdout.split()) == 2
    make("run", STAGE="ubuntu-sleep", PORT=port)
    assert engine("ps", "-a", *listed).stdout + engine("network", "ls", *listed).stdout == ""
    make("run", STAGE="identidock", PORT=port)
    make("stop", PORT=port)
    assert engine("ps", "-a", *listed).stdout + engine("network", "ls", *listed).stdout == ""


def test_running_again_keeps_companions_that_are_current(site, engine, make):
    names = [f"{site.name}-redis", f"{site.name}-identicon"]
    engine("rm", "-f", names[0])
    before = engine.inspect(names[1])["Id"]
    make("run", STAGE="identidock", PORT=site.port)
    assert engine.inspect(names[1])["Id"] == before
    assert engine.inspect(names[0])["State"]["Running"]
    assert cache_of(site, new_picture()) == "miss"


def test_foreign_container_is_not_taken_for_a_companion(engine, make, start, image, project):
    port = free_port()
    name = f"{project}-{port}-redis"
    engine("rename", start(image).name, name)
    try:
        result = make("run", STAGE="identidock", PORT=port, check=False)
        assert result.returncode
        assert f"error: the container {name} was not started by make for IMAGE={project}" in result.stderr
    finally:
        engine("rm", "-f", name)
        make("stop", PORT=port)


def test_unknown_companion_is_refused(make, tmp_path):
    (tmp_path / "Dockerfile").write_text("FROM scratch\nCOPY Dockerfile /\n")
    (tmp_path / "stage.conf").write_text("application=no\ncompanions=redis oracle\n")
    result = make("run", STAGE=tmp_path, TAG="unknown", PORT=free_port(), check=False)
    assert "error: stage.conf names the companion oracle; there are redis and identicon" in result.stderr
