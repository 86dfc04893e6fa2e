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
import time
import urllib.request
from pathlib import Path

import pytest

from app.jobs.process import START_DELAY
from config import ROOT


@pytest.fixture
def boot(tmp_path):
    """`boot("web", NAME=value, …)`: start boot.sh with an empty database; killed after the test with its children."""
    processes = []

    def start(*arguments, **settings):
        environment = os.environ | {"DATA_DIR": str(tmp_path), "DATABASE_URL": "", "BIND": "127.0.0.1:0"} | settings
        process = subprocess.Popen(["sh", str(ROOT / "boot.sh"), *arguments], env=environment, start_new_session=True)
        processes.append(process)
        return process

    yield start
    for process in processes:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def workers_of(parent, kind=b"app.jobs"):
    """Return the ids of the workers, or of processes of another `kind`, among the children of a process.

    Read from /proc, since small images have no ps.
    """
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            state, ppid = status.read_text().rpartition(")")[2].split()[:2]
            if int(ppid) == parent and state != "Z" and kind in status.with_name("cmdline").read_bytes():
                found.append(int(status.parent.name))
    return found


def wait_for(condition, seconds=60):
    """Wait until `condition()` returns a true value; return the value."""
    end = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < end, f"still waiting after {seconds} s"
        time.sleep(0.05)
    return value


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


# What a click on the page does, in another process: the tests' application has another database.
EXPORT = """
import time
from microblog import app
from app.database import db
from app.jobs import job_queue, queries, services
from app.users.services import create_user

with app.app_context():
    user = create_user("susan", "susan@example.com", "correct horse")
    job = services.start(user.id, "export")
    db.session.commit()
    job_queue.enqueue(job)
    for _ in range(300):
        db.session.rollback()
        if queries.job_of(user.id, "export").state == "done":
            break
        time.sleep(0.1)
    else:
        raise SystemExit("not done within 30 s")
"""


def ask(address, path, token=None, **values):
    """Send a request to the API of a server; return its JSON."""
    headers = {"Content-Type": "application/json"}
    if token is not None:
        headers["Authorization"] = token
    request = urllib.request.Request(f"http://{address}/api{path}", json.dumps(values).encode(), headers)
    with urllib.request.urlopen(request, timeout=10) as response:
        return json.load(response)


def is_answering(address):
    with contextlib.suppress(OSError), urllib.request.urlopen(f"http://{address}/health", timeout=10):
        return True


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
    ask(address, "/users", username="susan", email="susan@example.com", password="correct horse")
    basic = base64.b64encode(b"susan:correct horse").decode()
    token = ask(address, "/tokens", token=f"Basic {basic}")["token"]
    bodies = [f"Post {number}" for number in range(5)]
    for body in bodies:
        ask(address, "/posts", token=f"Bearer {token}", body=body)
    for process in [server, apart] if has_worker_apart else [server]:
        process.terminate()
        assert process.wait(20) == 0
    assert posts_in_copy(tmp_path) == bodies
    log = tmp_path / "app.db-wal"
    assert not log.exists() or log.stat().st_size == 0


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
