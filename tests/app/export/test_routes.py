import io
import zipfile
from contextvars import Context

import pytest
from flask.testing import FlaskClient
from peewee import OperationalError

from app.database import db, utc_now
from app.export.models import KIND, Archive, ArchiveChunk
from app.jobs import running, services
from app.jobs.job_queue import queue_of
from app.jobs.models import HEARTBEAT_TIMEOUT, QUEUED
from app.jobs.queries import job_of


@pytest.fixture
def susan(susan, log_in):
    """The user, signed in."""
    log_in("susan")
    return susan


def export_job(user):
    """Return the user's job as the worker has left it."""
    db.session.rollback()
    return job_of(user.id, KIND)


def run_queue(app):
    """Run all messages in the queue, as a worker does."""
    queue = queue_of(app)
    while message := queue.dequeue():
        queue.execute(message)
    queue.storage.close()
    db.session.rollback()


def test_user_requests_and_downloads_their_data(app, client, susan, fill_in, write):
    write(susan, "Hello")
    assert "Request your data" in client.get("/settings/export").text
    assert fill_in("/settings/export").location == "/settings/export"
    page = client.get("/settings/export")
    assert '<progress id="progress" max="100" value="0">' in page.text
    assert client.get("/settings/export/progress").json == {"progress": 0, "under_way": True}
    run_queue(app)
    assert client.get("/settings/export/progress").json == {"progress": 100, "under_way": False}
    assert "/settings/export/archive.zip" in client.get("/settings/export").text
    archive = client.get("/settings/export/archive.zip", buffered=True)
    assert archive.mimetype == "application/zip"
    assert archive.headers["Content-Disposition"].startswith('attachment; filename="microblog-susan-2')
    assert len(archive.data) == int(archive.headers["Content-Length"])
    with zipfile.ZipFile(io.BytesIO(archive.data)) as zipped:
        assert b"Hello" in zipped.read("posts.json")
    assert "is ready to download." in client.get("/notifications").text


def test_download_holds_no_database_connection_between_parts(app, client, susan):
    archive = Archive(user_id=susan.id, complete=True, size=2)
    db.session.add(archive)
    db.session.flush()
    db.session.add_all(ArchiveChunk(archive_id=archive.id, number=number, data=b"x") for number in range(2))
    db.session.commit()
    client.get("/")
    pools = [db.engine.pool, app.extensions["compiled_select"].pool]

    def download():
        answer = FlaskClient.open(client, "/settings/export/archive.zip", buffered=False)
        return [(part, *(pool.checkedout() for pool in pools)) for part in answer.iter_encoded()]

    assert Context().run(download) == [(b"x", 0, 0), (b"x", 0, 0)]


def test_second_request_leads_to_the_export_under_way(client, susan, fill_in):
    fill_in("/settings/export")
    assert fill_in("/settings", "/settings/export").location == "/settings/export"
    assert '<progress id="progress"' in client.get("/settings/export").text
    assert export_job(susan).attempt == 1


def test_get_requests_start_no_export(client, susan):
    client.get("/settings/export")
    assert client.get("/settings/export/progress").status_code == 404
    assert client.get("/settings/export/archive.zip").status_code == 404
    assert client.post("/settings/export").status_code == 400  # without a CSRF token
    assert export_job(susan) is None


def test_stale_export_is_shown_as_failed_and_can_be_restarted(app, client, susan, fill_in):
    fill_in("/settings/export")
    job = export_job(susan)
    services.claim(job.id, 1)
    job.updated_at = utc_now() - 2 * HEARTBEAT_TIMEOUT
    db.session.commit()
    page = client.get("/settings/export")
    assert "could not be prepared" in page.text
    assert "Try again</span>" in page.text
    fill_in("/settings/export")
    run_queue(app)
    assert "Download</span>" in client.get("/settings/export").text


def test_export_whose_message_was_lost_is_enqueued_again(app, client, susan, fill_in):
    fill_in("/settings/export")
    queue_of(app).storage.flush_queue()
    job = export_job(susan)
    job.updated_at = utc_now() - 2 * HEARTBEAT_TIMEOUT
    db.session.commit()
    queue_of(app).tidy.call_local()
    assert export_job(susan).state == QUEUED
    run_queue(app)
    assert client.get("/settings/export/progress").json["progress"] == 100


def test_user_is_notified_of_a_stale_export(client, susan, fill_in):
    fill_in("/settings/export")
    job = export_job(susan)
    services.claim(job.id, 1)
    job.updated_at = utc_now() - 2 * HEARTBEAT_TIMEOUT
    db.session.commit()
    running.tidy()
    assert "could not be prepared" in client.get("/notifications").text


def test_export_stays_queued_while_the_queue_is_unavailable(app, client, susan, fill_in, monkeypatch):
    def fail(data, priority=None):
        raise OperationalError("server has gone away")

    monkeypatch.setattr(queue_of(app).storage, "enqueue", fail)
    assert fill_in("/settings/export").status_code == 302
    assert export_job(susan).state == QUEUED


def test_archive_of_another_user_is_not_found(app, client, susan, fill_in, make_user, log_in):
    fill_in("/settings/export")
    run_queue(app)
    make_user("david")
    david = app.test_client()
    log_in("david", client=david)
    assert david.get("/settings/export/archive.zip").status_code == 404
    assert "Download</span>" not in david.get("/settings/export").text


@pytest.mark.parametrize("path", ["", "/progress", "/archive.zip"])
def test_export_requires_sign_in(client, path):
    assert "/auth/login" in client.get(f"/settings/export{path}").location
