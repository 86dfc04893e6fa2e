import io
import zipfile

import pytest

from app.database import db
from app.export import mails
from app.export.models import KIND
from app.jobs import running, services
from app.jobs.job_queue import queue_of


@pytest.fixture
def susan(make_user):
    susan = make_user("susan")
    susan.locale = "fr"
    db.session.commit()
    return susan


@pytest.fixture
def work(app):
    """`work()`: do all that waits in the queue, which is empty at first."""
    queue = queue_of(app)
    queue.storage.flush_all()

    def work():
        while message := queue.dequeue():
            queue.execute(message)

    yield work
    queue.storage.flush_all()
    queue.storage.close()


@pytest.fixture
def export(susan, work):
    """`export()`: susan's export, with all that it leaves to be done later."""

    def export():
        task = services.start(susan.id, KIND)
        db.session.commit()
        running.work(task.id, task.attempt)
        work()

    return export


def test_the_archive_is_mailed_in_the_person_s_language(export, mail_server):
    sink = mail_server()
    export()
    [(_sender, recipients, message)] = sink.messages
    assert (recipients, message["Subject"]) == (["susan@example.com"], "Vos écrits")
    [file] = message.iter_attachments()
    assert file.get_filename().startswith("microblog-susan-2")
    with zipfile.ZipFile(io.BytesIO(file.get_content())) as zipped:
        assert "posts.json" in zipped.namelist()
    assert "/settings/export" in message.get_body(("plain",)).get_content()


@pytest.mark.parametrize(
    ("own", "subject"), [(None, "Lo que escribiste"), ("fr", "Vos écrits"), ("en", "What you wrote")]
)
def test_whoever_has_set_no_language_is_mailed_in_that_of_the_browser_that_asked(
    susan, log_in, fill_in, work, mail_server, own, subject
):
    susan.locale = own
    db.session.commit()
    sink = mail_server()
    log_in("susan")
    assert fill_in("/settings/export?lang=es", to="/settings/export").status_code == 302
    work()
    assert [message["Subject"] for _sender, _recipients, message in sink.messages] == [subject]


def test_an_archive_that_is_too_large_is_only_told_of(export, mail_server, monkeypatch):
    monkeypatch.setattr(mails, "LARGEST", 10)
    sink = mail_server()
    export()
    [(_sender, _recipients, message)] = sink.messages
    assert list(message.iter_attachments()) == []
    assert "trop volumineuse" in message.get_body(("plain",)).get_content()


def test_without_a_server_nothing_is_mailed_or_logged(export, caplog):
    export()
    assert "mail to" not in caplog.text


def test_an_archive_that_is_gone_is_not_mailed(export, mail_server, context):
    sink = mail_server()
    mails.archive(1)
    assert sink.messages == []
