import pytest
from flask import Response
from sqlalchemy.exc import OperationalError

from app.web.streams import streamed

AWAY = OperationalError("SELECT data", {}, Exception("server has gone away"))


@pytest.fixture
def stream(app, client, monkeypatch):
    """`stream(chunk, …)`: request a body of these chunks, of which an exception is raised; returns the response."""

    def stream(*chunks):
        def read():
            for chunk in chunks:
                if isinstance(chunk, Exception):
                    raise chunk
                yield chunk

        monkeypatch.setitem(app.view_functions, "health.live", lambda: Response(streamed(read())))
        return client.get("/health/live", buffered=True)

    return stream


@pytest.mark.parametrize("chunks", [(), (b"one",), (b"one", b"two", b"three")])
def test_body_is_all_chunks(stream, chunks):
    assert stream(*chunks).data == b"".join(chunks)


def test_failure_before_the_first_byte_is_answered(stream):
    assert stream(AWAY).status_code == 503


def test_later_failure_ends_the_connection_and_is_one_line(stream, caplog):
    with pytest.raises(ConnectionResetError):
        stream(b"one", AWAY)
    assert [record.getMessage() for record in caplog.records] == ["database: server has gone away"]
