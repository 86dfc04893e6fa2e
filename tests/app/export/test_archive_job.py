import io
import json
import random
import zipfile

from sqlalchemy import func, insert, select

from app.database import db, utc_now
from app.export import archive_job, queries, services
from app.export.models import KEPT, KIND, Archive, ArchiveChunk
from app.jobs import running
from app.jobs import services as jobs
from app.jobs.models import DONE, ERROR, FAILED, Job
from app.jobs.queries import job_of
from app.messages.services import send
from app.notifications.queries import notifications
from app.pagination import Key
from app.posts.models import Post
from app.relationships.models import Follow


def export(person):
    """Do one export from its start to its end; return the task."""
    task = jobs.start(person.id, KIND)
    db.session.commit()
    running.work(task.id, task.attempt)
    db.session.expire_all()
    return job_of(person.id, KIND)


def opened(person):
    """The archive that the person can download, as zipfile and the parsed content of its files."""
    archive = queries.archive_of(person.id)
    data = b"".join(queries.chunks(archive.id))
    assert len(data) == archive.size
    with zipfile.ZipFile(io.BytesIO(data)) as zipped:
        assert zipped.testzip() is None
        return {name: json.loads(zipped.read(name)) for name in zipped.namelist()}


def kinds(person):
    return [row.kind for row in notifications(person.id, Key(), 10)]


def test_everything_a_person_wrote_and_nothing_of_others(susan, david):
    db.session.add_all(
        [
            Post(author_id=susan.id, body="Hello 🫠"),
            Post(author_id=david.id, body="Hers not"),
            Post(author_id=susan.id, body="日本"),
        ]
    )
    db.session.add_all(
        [Follow(follower_id=susan.id, followed_id=david.id), Follow(follower_id=david.id, followed_id=susan.id)]
    )
    send(susan.id, david.id, "One")
    send(david.id, susan.id, "Two")
    assert export(susan).state == DONE
    files = opened(susan)
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


def test_no_secret_leaves_with_the_account(susan):
    susan.password_hash = "scrypt:secret"
    export(susan)
    text = json.dumps(opened(susan))
    assert susan.password_hash not in text
    assert susan.session_id not in text


def test_an_empty_account_gives_an_archive_too(susan):
    export(susan)
    assert opened(susan)["posts.json"] == []


def test_more_than_one_batch_and_one_chunk(susan):
    # Bodies that don't compress well, so that the archive needs several pieces.
    draw = random.Random(1)
    rows = [
        {"author_id": susan.id, "body": "".join(chr(draw.randrange(0x4E00, 0x9FFF)) for _ in range(60))}
        for _ in range(2500)
    ]
    db.session.execute(insert(Post), rows)
    assert export(susan).state == DONE
    assert db.session.scalar(select(func.count()).select_from(ArchiveChunk)) > 1
    assert [post["body"] for post in opened(susan)["posts.json"]] == [row["body"] for row in rows]


def test_its_progress_rises_as_it_goes(susan, monkeypatch):
    noted = []
    advance = jobs.advance
    monkeypatch.setattr(archive_job, "STEP", 2)
    monkeypatch.setattr(jobs, "advance", lambda *args: noted.append(args[-1]) or advance(*args))
    db.session.execute(insert(Post), [{"author_id": susan.id, "body": str(number)} for number in range(8)])
    assert export(susan).progress == 100
    assert noted == [25, 50, 75, 99]


def test_a_new_archive_takes_the_place_of_the_former(susan):
    export(susan)
    first = queries.archive_of(susan.id).id
    db.session.add(Post(author_id=susan.id, body="New"))
    export(susan)
    assert queries.archive_of(susan.id).id != first
    assert db.session.scalar(select(func.count(Archive.id))) == 1
    assert len(opened(susan)["posts.json"]) == 1


def test_the_former_archive_stays_when_a_new_export_fails(susan, monkeypatch):
    export(susan)
    first = queries.archive_of(susan.id).id
    monkeypatch.setattr(queries, "account", lambda user_id: 1 / 0)
    task = export(susan)
    assert (task.state, task.failure) == (FAILED, ERROR)
    assert kinds(susan)[0] == "export_failed"
    assert queries.archive_of(susan.id).id == first
    monkeypatch.undo()
    assert export(susan).state == DONE  # it can be started anew
    assert queries.archive_of(susan.id).id != first


def test_an_attempt_given_up_for_dead_stops_when_another_has_begun(susan, monkeypatch):
    monkeypatch.setattr(archive_job, "STEP", 1)
    db.session.execute(insert(Post), [{"author_id": susan.id, "body": str(number)} for number in range(3)])
    task = jobs.start(susan.id, KIND)
    db.session.commit()
    rows = queries.following

    def taken_over(user_id):
        jobs.requeue(task.id, 1)
        db.session.commit()
        return rows(user_id)

    db.session.add(Follow(follower_id=susan.id, followed_id=susan.id))
    monkeypatch.setitem(archive_job.LISTS, "following.json", taken_over)
    running.work(task.id, 1)
    assert queries.archive_of(susan.id) is None
    monkeypatch.undo()
    running.work(task.id, 2)
    assert opened(susan)["posts.json"]


def test_archives_are_gone_after_seven_days(susan):
    export(susan)
    archive = queries.archive_of(susan.id)
    archive.created_at = utc_now() - KEPT
    db.session.commit()
    assert queries.archive_of(susan.id) is None
    services.delete_expired()
    assert db.session.scalar(select(func.count()).select_from(ArchiveChunk)) == 0


def test_deleting_a_person_deletes_archives_and_tasks(susan):
    export(susan)
    db.session.delete(susan)
    db.session.commit()
    for table in (Archive, ArchiveChunk, Job):
        assert db.session.scalar(select(func.count()).select_from(table)) == 0
