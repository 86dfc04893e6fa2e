"""Metrics of a server with two workers, of one whose worker dies, and of a worker apart."""

import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families as parse

from config import ROOT
from tests.fixtures.boot import EXPORT, is_answering, wait_for, workers_of

HEALTH = {"method": "GET", "route": "/health", "status": "200"}


@pytest.fixture
def bind(free_port):
    """The settings of a server with two workers and metrics."""
    site, metrics = f"127.0.0.1:{free_port()}", f"127.0.0.1:{free_port()}"
    return {"BIND": site, "METRICS": "1", "METRICS_BIND": metrics, "WEB_CONCURRENCY": "2"}


def scrape(settings):
    """Return the samples, {(name, labels): value}."""
    with urllib.request.urlopen(f"http://{settings['METRICS_BIND']}/metrics", timeout=10) as response:
        families = list(parse(response.read().decode()))
    return {(s.name, tuple(sorted(s.labels.items()))): s.value for family in families for s in family.samples}


def sample(settings, name, **labels):
    return scrape(settings).get((f"microblog_{name}", tuple(sorted(labels.items()))), 0)


def only(worker, others):
    """Stop all workers but one, so that it alone answers."""
    for other in others:
        os.kill(other, signal.SIGCONT if other == worker else signal.SIGSTOP)


def folder_of(job_worker):
    """Return the folder of the files, which the job worker inherits."""
    environ = Path(f"/proc/{job_worker}/environ").read_bytes().split(b"\0")
    [folder] = [Path(value.decode()) for name, _, value in (each.partition(b"=") for each in environ)
                if name == b"PROMETHEUS_MULTIPROC_DIR"]  # fmt: skip
    return folder


def test_counts_of_workers_add_up_and_outlive_them(boot, bind):
    server = boot("web", **bind)
    wait_for(lambda: is_answering(bind["BIND"]))
    [job_worker] = wait_for(lambda: workers_of(server.pid))
    folder = folder_of(job_worker)
    first, second = workers_of(server.pid, kind=b"gunicorn")
    before = sample(bind, "http_requests_total", **HEALTH)
    for worker in (first, second):
        only(worker, (first, second))
        for _ in range(5):
            assert is_answering(bind["BIND"])
        assert (folder / f"counter_{worker}.db").exists()
    assert sample(bind, "http_requests_total", **HEALTH) == before + 10
    wait_for(lambda: sample(bind, "database_pool_size") == 3 * 16)

    os.kill(first, signal.SIGKILL)
    third = wait_for(lambda: set(workers_of(server.pid, kind=b"gunicorn")) - {first, second}).pop()
    assert sample(bind, "http_requests_total", **HEALTH) == before + 10
    only(third, (second, third))
    for _ in range(3):
        assert is_answering(bind["BIND"])
    assert sample(bind, "http_requests_total", **HEALTH) == before + 13
    assert sample(bind, "http_request_duration_seconds_count", method="GET", route="/health") == before + 13
    wait_for(lambda: sample(bind, "database_pool_size") == 3 * 16)
    assert not list(folder.glob(f"*_{first}.db"))

    os.kill(second, signal.SIGCONT)
    server.terminate()
    assert server.wait(20) == 0
    assert not folder.exists()


def test_counts_of_jobs_outlive_their_worker(boot, bind, tmp_path):
    server = boot("web", **bind)
    [worker] = wait_for(lambda: workers_of(server.pid))
    environment = os.environ | {"DATA_DIR": str(tmp_path), "DATABASE_URL": ""}
    subprocess.run([sys.executable, "-c", EXPORT], cwd=ROOT, env=environment, check=True)
    done = {"kind": "export", "outcome": "done"}
    wait_for(lambda: sample(bind, "jobs_total", **done) == 1)
    os.kill(worker, signal.SIGKILL)
    wait_for(lambda: [pid for pid in workers_of(server.pid) if pid != worker])
    assert sample(bind, "jobs_total", **done) == 1
    server.terminate()
    assert server.wait(20) == 0


def test_worker_apart_serves_its_own_metrics(boot, bind, tmp_path):
    worker = boot("worker", **bind)
    wait_for(lambda: b"app.jobs" in Path(f"/proc/{worker.pid}/cmdline").read_bytes())
    environment = os.environ | {"DATA_DIR": str(tmp_path), "DATABASE_URL": ""}
    subprocess.run([sys.executable, "-c", EXPORT], cwd=ROOT, env=environment, check=True)
    wait_for(lambda: sample(bind, "jobs_total", kind="export", outcome="done") == 1)
    names = {name for name, _labels in scrape(bind)}
    assert {"microblog_jobs_queued", "microblog_database_pool_checked_out"} <= names
    assert "microblog_http_requests_total" not in names
    worker.terminate()
    assert worker.wait(20) == 0


def test_metrics_are_not_on_the_port_of_the_site(boot, bind):
    boot("web", JOB_WORKERS="0", **bind)
    wait_for(lambda: is_answering(bind["BIND"]))
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(f"http://{bind['BIND']}/metrics", timeout=10)
    names = {name for name, _labels in scrape(bind)}
    assert "microblog_jobs_queued" not in names  # of a worker apart


def test_silent_client_holds_up_neither_a_scrape_nor_the_stop(boot, bind):
    server = boot("web", JOB_WORKERS="0", **bind)
    wait_for(lambda: is_answering(bind["BIND"]))
    host, port = bind["METRICS_BIND"].split(":")
    with socket.create_connection((host, int(port))):
        assert scrape(bind)
        server.terminate()
        assert server.wait(5) == 0


@pytest.mark.parametrize("role", ["web", "worker"])
def test_taken_port_ends_the_start_with_one_line(boot, bind, capfd, role):
    host, port = bind["METRICS_BIND"].split(":")
    with socket.create_server((host, int(port))):
        assert boot(role, **bind).wait(60) == 78
    line = f"microblog: METRICS_BIND={bind['METRICS_BIND']} can't be listened on (Address already in use); give another"
    assert line in capfd.readouterr().err


def test_metrics_are_off_by_default(boot, bind):
    del bind["METRICS"]
    boot("web", JOB_WORKERS="0", **bind)
    wait_for(lambda: is_answering(bind["BIND"]))
    with pytest.raises(OSError, match="refused"):
        scrape(bind)
