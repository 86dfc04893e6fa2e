"""The job process beside the server, and apart from it, as boot.sh starts them."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.jobs.process import FIRST_WAIT
from config import ROOT


@pytest.fixture
def boot(tmp_path):
    """boot("web", NAME=value, …): boot.sh on a database of its own; killed in the end with all that it started."""
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
    """The job processes, or those of another kind, among the children of a process: small images have no ps."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            state, ppid = status.read_text().rpartition(")")[2].split()[:2]
            if int(ppid) == parent and state != "Z" and kind in status.with_name("cmdline").read_bytes():
                found.append(int(status.parent.name))
    return found


def wait_for(condition, seconds=60):
    """Look again and again until `condition()` gives something; return it."""
    end = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < end, f"not within {seconds} s"
        time.sleep(0.05)
    return value


def test_a_worker_runs_beside_the_server_is_replaced_when_it_dies_and_ends_with_it(boot):
    server = boot("web")
    [worker] = wait_for(lambda: workers_of(server.pid))
    os.kill(worker, signal.SIGKILL)
    [another] = wait_for(lambda: [pid for pid in workers_of(server.pid) if pid != worker])
    server.terminate()
    assert server.wait(20) == 0
    assert not Path(f"/proc/{another}").exists()


# What somebody's click does, in a process of its own: the tests' application has another database.
EXPORT = """
import time
from microblog import app
from app.database import db
from app.jobs import job_queue, queries, services
from app.users.services import create_user

with app.app_context():
    user = create_user("susan", "susan@example.com", "correct horse")
    task = services.start(user.id, "export")
    db.session.commit()
    job_queue.enqueue(task)
    for _ in range(300):
        db.session.rollback()
        if queries.job_of(user.id, "export").state == "done":
            break
        time.sleep(0.1)
    else:
        raise SystemExit("not done within 30 s")
"""


def test_in_dev_the_server_does_it_itself(boot, tmp_path):
    server = boot("web", APP_ENVIRONMENT="DEV", BIND="127.0.0.1:0")
    wait_for((tmp_path / "app.db").exists)
    environment = os.environ | {"DATA_DIR": str(tmp_path), "DATABASE_URL": ""}
    wait_for(lambda: b"flask" in Path(f"/proc/{server.pid}/cmdline").read_bytes())  # the schema is there
    subprocess.run([sys.executable, "-c", EXPORT], cwd=ROOT, env=environment, check=True)
    assert workers_of(server.pid) == []
    server.terminate()
    assert server.wait(20) == 0


def test_no_worker_runs_beside_a_server_whose_jobs_are_done_elsewhere(boot, tmp_path):
    apart = boot("worker", JOB_WORKERS="0")
    wait_for(lambda: b"app.jobs" in Path(f"/proc/{apart.pid}/cmdline").read_bytes())
    server = boot("web", JOB_WORKERS="0")
    wait_for(lambda: workers_of(server.pid, kind=b"gunicorn"))
    with pytest.raises(AssertionError, match="not within"):
        wait_for(lambda: workers_of(server.pid), seconds=FIRST_WAIT + 1)
    environment = os.environ | {"DATA_DIR": str(tmp_path), "DATABASE_URL": ""}
    subprocess.run([sys.executable, "-c", EXPORT], cwd=ROOT, env=environment, check=True)
    apart.terminate()
    assert apart.wait(20) == 0
