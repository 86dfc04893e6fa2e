import pytest

from app.jobs import call_later
from app.jobs.queue import queue_of


@pytest.fixture
def queue(context):
    """The queue, empty before and after."""
    queue = queue_of(context)
    queue.storage.flush_all()
    yield queue
    queue.storage.flush_all()
    queue.storage.close()


def test_a_worker_calls_a_function_by_its_name(queue, tmp_path):
    file = tmp_path / "file"
    file.touch()
    call_later("os:remove", str(file))
    assert file.exists()  # not yet
    queue.execute(queue.dequeue())
    assert not file.exists()
    assert queue.dequeue() is None


def test_a_call_that_fails_is_made_again_later(queue, tmp_path):
    call_later("os:remove", str(tmp_path / "nothing"))
    queue.execute(queue.dequeue())
    assert queue.dequeue() is None
    assert queue.scheduled_count() == 1


def test_a_queue_that_is_away_is_logged_and_disturbs_nobody(queue, monkeypatch, caplog):
    def be_away(*_args, **_options):
        raise OSError("away")

    monkeypatch.setattr(queue.storage, "enqueue", be_away)
    call_later("os:getcwd")
    assert "os:getcwd is not called" in caplog.text
