"""METRICS=1 in the stage hardened, with a read-only root."""

import re

import pytest
from engine import wait_until

READ_ONLY = ["--read-only", "--tmpfs", "/tmp", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"]
SCRAPE = "import urllib.request as u; print(u.urlopen('http://127.0.0.1:9464/metrics', timeout=5).read().decode())"
# Prints the ids of gunicorn's workers: the children of the process that process 1 has started.
WORKERS = """
import pathlib
parents = {}
for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
    if b"gunicorn" in stat.with_name("cmdline").read_bytes():
        parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
print(*(pid for pid, parent in parents.items() if parent in parents))
"""


@pytest.fixture
def container(any_builder, build, start):
    image = build("hardened", any_builder)
    container = start(image, options=[*READ_ONLY, "-e", "METRICS=1", "-e", "WEB_CONCURRENCY=2"], port=True)
    container.wait_for_answer()
    return container


def run(container, script, *arguments):
    return container.exec("python3", "-c", script, *arguments)


def requests_to(container, route):
    """Returns the number of requests to a route, by the metrics."""
    samples = re.findall(r"^microblog_http_requests_total{(.*)} (\S+)$", run(container, SCRAPE), re.MULTILINE)
    return sum(float(value) for labels, value in samples if f'route="{route}"' in labels)


def workers(container):
    return run(container, WORKERS).split()


def signal(container, name, *pids):
    run(container, f"import os, signal, sys\nfor pid in sys.argv[1:]: os.kill(int(pid), signal.SIG{name})", *pids)


def test_counts_add_up_over_workers_and_the_death_of_one(container):
    first, second = workers(container)
    for frozen, other in ((first, second), (second, first)):
        signal(container, "STOP", frozen)  # so that the other one answers
        for _ in range(4):
            assert container.get("/auth/register").status == 200
        signal(container, "CONT", frozen)
        assert other in workers(container)
    assert requests_to(container, "/auth/register") == 8
    signal(container, "KILL", first)
    wait_until(lambda: len(set(workers(container)) - {first}) == 2, 30, "another worker")
    assert requests_to(container, "/auth/register") == 8
    assert container.get("/auth/register").status == 200
    assert requests_to(container, "/auth/register") == 9
    assert container.get("/metrics").status == 404
    assert container.stop()[0] == 0
    assert "Traceback" not in container.logs
