"""The process that does the work, run as gunicorn's hook and boot.sh run it."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import insert

from app.database import db, utc_now
from app.export.models import KIND
from app.export.queries import archive_of
from app.jobs import call_later, services
from app.jobs.job_queue import enqueue, queue_of
from app.jobs.models import DONE, QUEUED, RUNNING, SILENCE
from app.jobs.queries import job_of
from app.posts.models import Post

ROOT = Path(__file__).parents[3]


@pytest.fixture
def susan(context, make_user):
    """Somebody whose export takes long enough to be disturbed."""
    susan = make_user("susan")
    db.session.execute(insert(Post), [{"author_id": susan.id, "body": f"Post {number}"} for number in range(20_000)])
    db.session.commit()
    return susan


@pytest.fixture
def start_worker(environ):
    """Starts a job process with the tests' settings; what still runs in the end is killed."""
    processes = []

    def start(*arguments, stderr=None, **settings):
        environment = os.environ | environ | settings
        command = [sys.executable, "-m", "app.jobs", *arguments]
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=stderr)
        processes.append(process)
        return process

    yield start
    for process in processes:
        process.kill()
        process.wait()


def start_export(person):
    task = services.start(person.id, KIND)
    db.session.commit()
    enqueue(task)
    return task


def wait_for(person_id, condition, seconds=20):
    """Look again and again until `condition(task)` of that person's task is true; return the task."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        db.session.rollback()
        task = job_of(person_id, KIND)
        if condition(task):
            return task
        time.sleep(0.02)
    pytest.fail(f"not within {seconds} s: {task.state}, {task.progress} %")


def test_what_was_enqueued_is_done(susan, start_worker):
    start_worker()
    start_export(susan)
    wait_for(susan.id, lambda task: 0 < task.progress < 100)
    wait_for(susan.id, lambda task: task.state == DONE)
    assert archive_of(susan.id).size > 0


def test_what_was_enqueued_while_no_worker_ran_is_done_later(susan, start_worker):
    start_export(susan)
    start_worker()
    wait_for(susan.id, lambda task: task.state == DONE)


def test_a_worker_that_is_told_to_stop_puts_its_work_back_and_the_next_one_does_it(susan, start_worker):
    worker = start_worker()
    start_export(susan)
    wait_for(susan.id, lambda task: task.progress > 0)
    worker.terminate()
    assert worker.wait(5) == 0
    task = wait_for(susan.id, lambda task: True)
    assert (task.state, task.attempt) == (QUEUED, 2)
    start_worker()
    assert wait_for(susan.id, lambda task: task.state == DONE).attempt == 2


def test_the_job_of_a_killed_worker_shows_as_failed_and_can_be_started_anew(susan, start_worker):
    worker = start_worker()
    start_export(susan)
    wait_for(susan.id, lambda task: task.progress > 0)
    worker.kill()
    worker.wait()
    task = wait_for(susan.id, lambda task: True)
    assert task.state == RUNNING
    task.updated_at = utc_now() - 2 * SILENCE  # instead of waiting for a minute
    db.session.commit()
    assert wait_for(susan.id, lambda task: task.has_failed)
    start_worker()
    start_export(susan)
    assert wait_for(susan.id, lambda task: task.state == DONE).attempt >= 2


def test_a_worker_ends_with_the_server_that_started_it(context, start_worker):
    server = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    # Not its child: to the worker that is the same as a parent that is gone.
    worker = start_worker(str(server.pid))
    server.send_signal(signal.SIGKILL)
    server.wait()
    assert worker.wait(20) == 0


def test_a_call_that_was_begun_stands_in_the_queue_again_when_its_worker_is_told_to_stop(context, start_worker):
    queue = queue_of(context)
    queue.storage.flush_all()
    call_later("time:sleep", 60)
    worker = start_worker()
    until(lambda: "call" not in waiting(queue))
    worker.terminate()
    assert worker.wait(10) == 0
    assert "call" in waiting(queue)
    queue.storage.flush_all()
    queue.storage.close()


def waiting(queue):
    """The names of what stands in the queue."""
    return [message.name for message in queue.pending()]


def until(condition, seconds=20):
    """Look again and again until the condition holds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


def test_what_fails_is_logged_in_json_if_so_set(context, start_worker):
    call_later("time:sleep", "no number")
    worker = start_worker(stderr=subprocess.PIPE, LOG_FORMAT="json")
    for line in worker.stderr:
        record = json.loads(line)
        if "exception" in record:
            break
    worker.terminate()
    worker.stderr.close()
    assert record["exception"].startswith("Traceback")
    assert record["logger"] == "huey"
    queue_of(context).storage.flush_all()
    queue_of(context).storage.close()
