import io
import json
import random
import zipfile

from sqlalchemy import func, insert, select

from app.auth.rules import token_hash
from app.auth.services import start_session
from app.database import db, utc_now
from app.export import archive_job, queries, services
from app.export.models import KIND, RETENTION, Archive, ArchiveChunk
from app.jobs import running
from app.jobs import services as jobs
from app.jobs.models import DONE, ERROR, FAILED, Job
from app.jobs.queries import job_of
from app.messages.services import send
from app.notifications.queries import notifications
from app.pagination import Key
from app.posts.models import Post
from app.relationships.models import Follow


def export(user):
    """Start an export and run it; return the job."""
    job = jobs.start(user.id, KIND)
    db.session.commit()
    running.work(job.id, job.attempt)
    db.session.expire_all()
    return job_of(user.id, KIND)


def open_archive(user):
    """Open the archive that the user can download."""
    archive = queries.archive_of(user.id)
    data = b"".join(queries.chunks(archive.id))
    assert len(data) == archive.size
    return zipfile.ZipFile(io.BytesIO(data))


def read_archive(user):
    """Return the parsed content of each file in the archive that the user can download."""
    with open_archive(user) as zipped:
        assert zipped.testzip() is None
        return {name: json.loads(zipped.read(name)) for name in zipped.namelist()}


def kinds(user):
    """Return the kinds of the user's notifications, newest first."""
    return [row.kind for row in notifications(user.id, Key(), 10)]


def test_files_of_the_archive_bear_its_date(susan):
    export(susan)
    today = utc_now()
    found = open_archive(susan).infolist()
    assert [entry.date_time[:3] for entry in found] == [(today.year, today.month, today.day)] * 5
    assert {entry.compress_type for entry in found} == {zipfile.ZIP_DEFLATED}


def test_archive_holds_the_data_of_its_user_alone(susan, david):
    db.session.add_all(
        [
            Post(author_id=susan.id, body="Hello 🫠"),
            Post(author_id=david.id, body="Not hers"),
            Post(author_id=susan.id, body="日本"),
        ]
    )
    db.session.add_all(
        [Follow(follower_id=susan.id, followed_id=david.id), Follow(follower_id=david.id, followed_id=susan.id)]
    )
    send(susan.id, david.id, "One")
    send(david.id, susan.id, "Two")
    assert export(susan).state == DONE
    files = read_archive(susan)
    assert [post["body"] for post in files["posts.json"]] == ["Hello 🫠", "日本"]
    assert [(m["with"], m["body"], bool(m["written_by_me"])) for m in files["messages.json"]] == [
        ("david", "One", True),
        ("david", "Two", False),
    ]
    assert [row["username"] for row in files["following.json"]] == ["david"]
    assert [row["username"] for row in files["followers.json"]] == ["david"]
    assert files["account.json"]["email"] == susan.email
    assert files["account.json"]["is_administrator"] is False
    assert files["posts.json"][0]["created_at"].endswith("+00:00")
    assert "message" in kinds(susan)
    assert kinds(susan)[0] == "export_done"


def test_archive_holds_no_secrets(susan):
    susan.password_hash = "scrypt:secret"
    token = start_session(susan, "", remember=False)
    export(susan)
    text = json.dumps(read_archive(susan))
    assert susan.password_hash not in text
    assert not any(secret in text for secret in (token, token_hash(token)))


def test_archive_of_an_empty_account_has_empty_lists(susan):
    export(susan)
    assert read_archive(susan)["posts.json"] == []


def test_archive_of_several_batches_and_chunks_is_complete(susan):
    # These bodies compress badly, so the archive needs several chunks.
    draw = random.Random(1)
    rows = [
        {"author_id": susan.id, "body": "".join(chr(draw.randrange(0x4E00, 0x9FFF)) for _ in range(60))}
        for _ in range(2500)
    ]
    db.session.execute(insert(Post), rows)
    assert export(susan).state == DONE
    assert db.session.scalar(select(func.count()).select_from(ArchiveChunk)) > 1
    assert [post["body"] for post in read_archive(susan)["posts.json"]] == [row["body"] for row in rows]


def test_export_reports_its_progress(susan, monkeypatch):
    reported = []
    advance = jobs.advance
    monkeypatch.setattr(archive_job, "STEP", 2)
    monkeypatch.setattr(jobs, "advance", lambda *args: reported.append(args[-1]) or advance(*args))
    db.session.execute(insert(Post), [{"author_id": susan.id, "body": str(number)} for number in range(8)])
    assert export(susan).progress == 100
    assert reported == [25, 50, 75, 99]


def test_new_archive_replaces_the_former(susan):
    export(susan)
    first = queries.archive_of(susan.id).id
    db.session.add(Post(author_id=susan.id, body="New"))
    export(susan)
    assert queries.archive_of(susan.id).id != first
    assert db.session.scalar(select(func.count(Archive.id))) == 1
    assert len(read_archive(susan)["posts.json"]) == 1


def test_failed_export_keeps_the_former_archive(susan, monkeypatch):
    export(susan)
    first = queries.archive_of(susan.id).id
    monkeypatch.setattr(queries, "account", lambda user_id: 1 / 0)
    job = export(susan)
    assert (job.state, job.failure) == (FAILED, ERROR)
    assert kinds(susan)[0] == "export_failed"
    assert queries.archive_of(susan.id).id == first
    monkeypatch.undo()
    assert export(susan).state == DONE
    assert queries.archive_of(susan.id).id != first


def test_superseded_export_stops_without_an_archive(susan, monkeypatch):
    monkeypatch.setattr(archive_job, "STEP", 1)
    db.session.execute(insert(Post), [{"author_id": susan.id, "body": str(number)} for number in range(3)])
    job = jobs.start(susan.id, KIND)
    db.session.commit()
    rows = queries.following

    def requeue_first(user_id):
        jobs.requeue(job.id, 1)
        db.session.commit()
        return rows(user_id)

    db.session.add(Follow(follower_id=susan.id, followed_id=susan.id))
    monkeypatch.setitem(archive_job.LISTS, "following.json", requeue_first)
    running.work(job.id, 1)
    assert queries.archive_of(susan.id) is None
    monkeypatch.undo()
    running.work(job.id, 2)
    assert read_archive(susan)["posts.json"]


def test_archive_is_deleted_when_it_expires(susan):
    export(susan)
    archive = queries.archive_of(susan.id)
    archive.created_at = utc_now() - RETENTION
    db.session.commit()
    assert queries.archive_of(susan.id) is None
    services.delete_expired()
    assert db.session.scalar(select(func.count()).select_from(ArchiveChunk)) == 0


def test_deleting_a_user_deletes_their_archives_and_jobs(susan):
    export(susan)
    db.session.delete(susan)
    db.session.commit()
    for table in (Archive, ArchiveChunk, Job):
        assert db.session.scalar(select(func.count()).select_from(table)) == 0
