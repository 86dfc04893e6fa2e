import io
import zipfile

import pytest
from sqlalchemy import delete

from app.database import db
from app.export import mails
from app.export.models import KIND, Archive
from app.jobs import running, services
from app.jobs.job_queue import queue_of
from app.mail.sending import Sender


@pytest.fixture
def susan(susan):
    """A user who reads French."""
    susan.locale = "fr"
    db.session.commit()
    return susan


@pytest.fixture
def run_queue(app):
    """`run_queue()`: run the messages in the queue, which is empty at first, and send the mails."""
    queue = queue_of(app)
    queue.storage.flush_all()

    def run_queue():
        while message := queue.dequeue():
            queue.execute(message)
        with app.app_context():
            Sender()(is_stopping=lambda: False)

    yield run_queue
    queue.storage.flush_all()
    queue.storage.close()


@pytest.fixture
def export(susan, run_queue):
    """`export()`: run an export of susan's data, and send the mail."""

    def export():
        job = services.start(susan.id, KIND)
        db.session.commit()
        running.work(job.id, job.attempt)
        run_queue()

    return export


def test_archive_is_mailed_in_the_language_of_the_user(export, mail_server):
    sink = mail_server()
    export()
    [(_sender, recipients, message)] = sink.messages
    assert (recipients, message["Subject"]) == (["susan@example.com"], "Vos données")
    [file] = message.iter_attachments()
    assert file.get_filename().startswith("microblog-susan-2")
    with zipfile.ZipFile(io.BytesIO(file.get_content())) as zipped:
        assert "posts.json" in zipped.namelist()
    assert "/settings/export" in message.get_body(("plain",)).get_content()


@pytest.mark.parametrize(("own", "subject"), [(None, "Tus datos"), ("fr", "Vos données"), ("en", "Your data")])
def test_mail_to_a_user_without_a_language_uses_the_browser_s(
    susan, log_in, fill_in, run_queue, mail_server, own, subject
):
    susan.locale = own
    db.session.commit()
    sink = mail_server()
    log_in("susan")
    assert fill_in("/settings/export?lang=es", to="/settings/export").status_code == 302
    run_queue()
    assert [message["Subject"] for _sender, _recipients, message in sink.messages] == [subject]


def test_large_archive_is_not_attached(export, mail_server, monkeypatch):
    monkeypatch.setattr(mails, "MAX_ATTACHMENT", 10)
    sink = mail_server()
    export()
    [(_sender, _recipients, message)] = sink.messages
    assert list(message.iter_attachments()) == []
    assert "trop volumineuse" in message.get_body(("plain",)).get_content()


def test_export_without_a_mail_server_sends_and_logs_no_mail(export, caplog):
    export()
    assert "mail to" not in caplog.text


def test_deleted_archive_is_not_mailed(susan, run_queue, mail_server):
    sink = mail_server()
    job = services.start(susan.id, KIND)
    db.session.commit()
    running.work(job.id, job.attempt)
    db.session.execute(delete(Archive))
    db.session.commit()
    run_queue()
    assert sink.messages == []
