"""The worker process, started as gunicorn's hook and boot.sh start it."""

import json
import signal
import subprocess
import sys
import time

import pytest
from sqlalchemy import insert

from app.database import db, utc_now
from app.export.models import KIND
from app.export.queries import archive_of
from app.jobs import services
from app.jobs.job_queue import enqueue, queue_of
from app.jobs.models import DONE, HEARTBEAT_TIMEOUT, QUEUED, RUNNING
from app.jobs.queries import job_of
from app.posts.models import Post


@pytest.fixture
def susan(susan):
    """A user whose export takes long enough to be interrupted."""
    db.session.execute(insert(Post), [{"author_id": susan.id, "body": f"Post {number}"} for number in range(20_000)])
    db.session.commit()
    return susan


def start_export(user):
    job = services.start(user.id, KIND)
    db.session.commit()
    enqueue(job)
    return job


def wait_for(user_id, condition, seconds=60):
    """Wait until `condition(job)` is true of the user's job; return the job."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        db.session.rollback()
        job = job_of(user_id, KIND)
        if condition(job):
            return job
        time.sleep(0.02)
    pytest.fail(f"still waiting after {seconds} s: {job.state}, {job.progress} %")


def test_worker_runs_a_queued_job(susan, start_worker):
    start_worker()
    start_export(susan)
    wait_for(susan.id, lambda job: 0 < job.progress < 100)
    wait_for(susan.id, lambda job: job.state == DONE)
    assert archive_of(susan.id).size > 0


def test_job_queued_before_the_worker_starts_is_run(susan, start_worker):
    start_export(susan)
    start_worker()
    wait_for(susan.id, lambda job: job.state == DONE)


def test_stopped_worker_requeues_its_job_for_the_next_one(susan, start_worker):
    worker = start_worker()
    start_export(susan)
    wait_for(susan.id, lambda job: job.progress > 0)
    worker.terminate()
    assert worker.wait(5) == 0
    job = wait_for(susan.id, lambda job: True)
    assert (job.state, job.attempt) == (QUEUED, 2)
    start_worker()
    assert wait_for(susan.id, lambda job: job.state == DONE).attempt == 2


def test_job_of_a_killed_worker_fails_and_can_be_restarted(susan, start_worker):
    worker = start_worker()
    start_export(susan)
    wait_for(susan.id, lambda job: job.progress > 0)
    worker.kill()
    worker.wait()
    job = wait_for(susan.id, lambda job: True)
    assert job.state == RUNNING
    job.updated_at = utc_now() - 2 * HEARTBEAT_TIMEOUT
    db.session.commit()
    assert wait_for(susan.id, lambda job: job.has_failed)
    start_worker()
    start_export(susan)
    assert wait_for(susan.id, lambda job: job.state == DONE).attempt >= 2


def test_worker_ends_with_its_server(context, start_worker):
    server = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    # The worker is not its child, which looks to the worker as if its parent had ended.
    worker = start_worker(str(server.pid))
    server.send_signal(signal.SIGKILL)
    server.wait()
    assert worker.wait(20) == 0


def test_failed_message_is_logged_in_json(context, start_worker):
    queue = queue_of(context)
    queue.work("no attempt")
    queue.storage.close()
    worker = start_worker(stderr=subprocess.PIPE, LOG_FORMAT="json")
    for line in worker.stderr:
        record = json.loads(line)
        if "exception" in record:
            break
    worker.terminate()
    worker.stderr.close()
    assert record["exception"].startswith("Traceback")
    assert record["logger"] == "huey"
