import io
import zipfile

import pytest

from app.database import db, utc_now
from app.export.models import KIND
from app.jobs import running, services
from app.jobs.job_queue import queue_of
from app.jobs.models import HEARTBEAT_TIMEOUT, QUEUED
from app.jobs.queries import job_of


@pytest.fixture
def susan(susan, log_in):
    """The user, signed in."""
    log_in("susan")
    return susan


def task(person):
    db.session.rollback()
    return job_of(person.id, KIND)


def do_jobs(app):
    """What a worker does: all that stands in the queue."""
    queue = queue_of(app)
    while message := queue.dequeue():
        queue.execute(message)
    queue.storage.close()
    db.session.rollback()


def test_ask_wait_and_download(app, client, susan, fill_in, write):
    write(susan, "Hello")
    assert "Make an archive" in client.get("/settings/export").text
    assert fill_in("/settings/export").location == "/settings/export"
    page = client.get("/settings/export")
    assert '<progress id="progress" max="100" value="0">' in page.text
    assert client.get("/settings/export/progress").json == {"progress": 0, "under_way": True}
    do_jobs(app)
    assert client.get("/settings/export/progress").json == {"progress": 100, "under_way": False}
    assert "/settings/export/archive.zip" in client.get("/settings/export").text
    archive = client.get("/settings/export/archive.zip", buffered=True)
    assert archive.mimetype == "application/zip"
    assert archive.headers["Content-Disposition"].startswith('attachment; filename="microblog-susan-2')
    assert len(archive.data) == int(archive.headers["Content-Length"])
    with zipfile.ZipFile(io.BytesIO(archive.data)) as zipped:
        assert b"Hello" in zipped.read("posts.json")
    assert "is ready to download." in client.get("/notifications").text


def test_one_at_a_time(client, susan, fill_in):
    fill_in("/settings/export")
    assert fill_in("/settings", "/settings/export").status_code == 403
    assert task(susan).attempt == 1


def test_looking_starts_nothing(client, susan):
    client.get("/settings/export")
    assert client.get("/settings/export/progress").status_code == 404
    assert client.get("/settings/export/archive.zip").status_code == 404
    assert client.post("/settings/export").status_code == 400  # without a token
    assert task(susan) is None


def test_a_dead_job_shows_as_failed_and_can_be_started_again(app, client, susan, fill_in):
    fill_in("/settings/export")
    found = task(susan)
    services.claim(found.id, 1)
    found.updated_at = utc_now() - 2 * HEARTBEAT_TIMEOUT
    db.session.commit()
    page = client.get("/settings/export")
    assert "could not be made" in page.text
    assert "Start again" in page.text
    fill_in("/settings/export")
    do_jobs(app)
    assert "Download" in client.get("/settings/export").text


def test_a_task_whose_message_was_lost_is_found_by_the_minute_s_tidying(app, client, susan, fill_in):
    fill_in("/settings/export")
    queue_of(app).storage.flush_queue()
    found = task(susan)
    found.updated_at = utc_now() - 2 * HEARTBEAT_TIMEOUT
    db.session.commit()
    running.tidy()
    assert task(susan).state == QUEUED
    do_jobs(app)
    assert client.get("/settings/export/progress").json["progress"] == 100


def test_a_dead_job_is_told_by_the_minute_s_tidying(client, susan, fill_in):
    fill_in("/settings/export")
    found = task(susan)
    services.claim(found.id, 1)
    found.updated_at = utc_now() - 2 * HEARTBEAT_TIMEOUT
    db.session.commit()
    running.tidy()
    assert "could not be prepared" in client.get("/notifications").text


def test_a_queue_that_is_away_keeps_the_task(app, client, susan, fill_in, monkeypatch):
    def fail(data, priority=None):
        raise OSError("away")

    monkeypatch.setattr(queue_of(app).storage, "enqueue", fail)
    assert fill_in("/settings/export").status_code == 302
    assert task(susan).state == QUEUED


def test_nobody_gets_the_archive_of_another(app, client, susan, fill_in, make_user, log_in):
    fill_in("/settings/export")
    do_jobs(app)
    make_user("david")
    david = app.test_client()
    log_in("david", client=david)
    assert david.get("/settings/export/archive.zip").status_code == 404
    assert "Download" not in david.get("/settings/export").text


@pytest.mark.parametrize("path", ["", "/progress", "/archive.zip"])
def test_it_needs_a_login(client, path):
    assert "/auth/login" in client.get(f"/settings/export{path}").location
