"""The worker beside the server, and apart from it, as boot.sh starts them."""

import base64
import contextlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from app.jobs.process import START_DELAY
from config import ROOT
from tests.fixtures.boot import EXPORT, is_answering, wait_for, workers_of


def test_worker_beside_the_server_is_restarted_and_ends_with_it(boot):
    server = boot("web")
    [worker] = wait_for(lambda: workers_of(server.pid))
    os.kill(worker, signal.SIGKILL)
    [another] = wait_for(lambda: [pid for pid in workers_of(server.pid) if pid != worker])
    server.terminate()
    assert server.wait(20) == 0
    assert not Path(f"/proc/{another}").exists()


# Receives SIGTERM in a __del__ while the application is loaded, where Python ignores exceptions.
STOPPED_IN_DEL = """
import importlib.abc, os, runpy, signal, sys

class Dying:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGTERM)
        for _ in range(1000):  # the handler runs between two instructions of Python
            pass

class Loading(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path, target=None):
        if name == module:
            Dying()

sys.meta_path.insert(0, Loading())
loaded, module = sys.argv[1:]
del sys.argv[1:]
run = runpy.run_path if loaded.endswith(".py") else runpy.run_module
run(loaded, run_name="__main__")
raise SystemExit("not stopped")
"""


@pytest.mark.parametrize(("loaded", "module"), [("app.jobs", "app.jobs.consumer"), ("app/gunicorn_conf.py", "app")])
def test_signal_while_loading_stops_wherever_it_arrives(tmp_path, loaded, module):
    environment = os.environ | {"DATA_DIR": str(tmp_path), "DATABASE_URL": ""}
    command = [sys.executable, "-c", STOPPED_IN_DEL, loaded, module]
    # A worker that goes on waits for the tables of its queue, until the timeout.
    assert subprocess.run(command, check=False, cwd=ROOT, env=environment, timeout=20).returncode == 0


def ask(address, path, token=None, **values):
    """Send a request to the API of a server; return its JSON."""
    headers = {"Content-Type": "application/json"}
    if token is not None:
        headers["Authorization"] = token
    request = urllib.request.Request(f"http://{address}/api{path}", json.dumps(values).encode(), headers)
    with urllib.request.urlopen(request, timeout=10) as response:
        return json.load(response)


def write_posts(address):
    """Create an account and write posts; return their texts."""
    ask(address, "/users", username="susan", email="susan@example.com", password="correct horse")
    basic = base64.b64encode(b"susan:correct horse").decode()
    token = ask(address, "/tokens", token=f"Basic {basic}")["token"]
    bodies = [f"Post {number}" for number in range(5)]
    for body in bodies:
        ask(address, "/posts", token=f"Bearer {token}", body=body)
    return bodies


def posts_in_copy(folder):
    """Copy the database file alone; return the texts of the posts in the copy."""
    copy = folder / "copy.db"
    shutil.copy(folder / "app.db", copy)
    with contextlib.closing(sqlite3.connect(copy)) as connection:
        return [body for (body,) in connection.execute("SELECT body FROM post ORDER BY id")]


@pytest.mark.parametrize("has_worker_apart", [False, True])
def test_stopped_server_leaves_all_data_in_the_database_file(boot, tmp_path, free_port, has_worker_apart):
    address = f"127.0.0.1:{free_port()}"
    server = boot("web", BIND=address, JOB_WORKERS="0" if has_worker_apart else "1")
    wait_for(lambda: is_answering(address))
    if has_worker_apart:
        apart = boot("worker")
        wait_for(lambda: b"app.jobs" in Path(f"/proc/{apart.pid}/cmdline").read_bytes())
    else:
        wait_for(lambda: workers_of(server.pid))
    bodies = write_posts(address)
    for process in [server, apart] if has_worker_apart else [server]:
        process.terminate()
        assert process.wait(20) == 0
    assert posts_in_copy(tmp_path) == bodies
    log = tmp_path / "app.db-wal"
    assert not log.exists() or log.stat().st_size == 0


def test_stopped_server_in_dev_leaves_all_data_in_the_database_file(boot, tmp_path, free_port):
    address = f"127.0.0.1:{free_port()}"
    server = boot("web", APP_ENVIRONMENT="DEV", BIND=address)
    wait_for(lambda: is_answering(address))
    bodies = write_posts(address)
    server.terminate()
    assert server.wait(20) == 0
    assert posts_in_copy(tmp_path) == bodies


def test_server_closes_the_database_before_the_engine_kills_it(boot, tmp_path, free_port):
    address = f"127.0.0.1:{free_port()}"
    server = boot("web", BIND=address)
    wait_for(lambda: is_answering(address))
    wait_for(lambda: workers_of(server.pid))
    bodies = write_posts(address)
    for kind in (b"gunicorn", b"app.jobs"):
        for worker in workers_of(server.pid, kind):
            os.kill(worker, signal.SIGSTOP)  # as if it were in a call that does not return
    server.terminate()
    assert server.wait(10) == 0  # seconds, the engine's
    assert posts_in_copy(tmp_path) == bodies


def test_stopped_worker_leaves_all_data_in_the_database_file(boot, tmp_path):
    worker = boot("worker")
    wait_for(lambda: b"app.jobs" in Path(f"/proc/{worker.pid}/cmdline").read_bytes())
    environment = os.environ | {"DATA_DIR": str(tmp_path), "DATABASE_URL": ""}
    subprocess.run([sys.executable, "-c", EXPORT], cwd=ROOT, env=environment, check=True)
    worker.terminate()
    assert worker.wait(20) == 0
    assert not (tmp_path / "app.db-wal").exists()
    shutil.copy(tmp_path / "app.db", tmp_path / "copy.db")
    with contextlib.closing(sqlite3.connect(tmp_path / "copy.db")) as connection:
        assert connection.execute("SELECT state FROM job").fetchall() == [("done",)]


def test_server_in_dev_runs_jobs_in_a_thread(boot, tmp_path):
    server = boot("web", APP_ENVIRONMENT="DEV", BIND="127.0.0.1:0")
    wait_for((tmp_path / "app.db").exists)
    environment = os.environ | {"DATA_DIR": str(tmp_path), "DATABASE_URL": ""}
    wait_for(lambda: b"flask" in Path(f"/proc/{server.pid}/cmdline").read_bytes())  # boot.sh has upgraded the schema
    subprocess.run([sys.executable, "-c", EXPORT], cwd=ROOT, env=environment, check=True)
    assert workers_of(server.pid) == []
    server.terminate()
    assert server.wait(20) == 0


def test_server_without_job_workers_leaves_jobs_to_another_worker(boot, tmp_path):
    apart = boot("worker", JOB_WORKERS="0")
    wait_for(lambda: b"app.jobs" in Path(f"/proc/{apart.pid}/cmdline").read_bytes())
    server = boot("web", JOB_WORKERS="0")
    wait_for(lambda: workers_of(server.pid, kind=b"gunicorn"))
    with pytest.raises(AssertionError, match="still waiting"):
        wait_for(lambda: workers_of(server.pid), seconds=START_DELAY + 1)
    environment = os.environ | {"DATA_DIR": str(tmp_path), "DATABASE_URL": ""}
    subprocess.run([sys.executable, "-c", EXPORT], cwd=ROOT, env=environment, check=True)
    apart.terminate()
    assert apart.wait(20) == 0
