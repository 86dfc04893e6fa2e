"""Write and delete archives. Nothing is committed here."""

from sqlalchemy import delete, insert, update

from app.database import db, utc_now
from app.export.models import RETENTION, Archive, ArchiveChunk

CHUNK = 60_000  # bytes, within the size of MySQL's BLOB


class ArchiveWriter:
    """A file object that writes a new archive of a user to the database, in chunks."""

    def __init__(self, user_id: int):
        self._user_id = user_id
        archive = Archive(user_id=user_id)
        db.session.add(archive)
        db.session.flush()
        self._archive_id = archive.id
        self._buffer = bytearray()
        self._chunks = 0
        self._size = 0

    def write(self, data: bytes) -> int:
        """Append bytes; return their number."""
        self._buffer += data
        while len(self._buffer) >= CHUNK:
            self._store(self._buffer[:CHUNK])
            del self._buffer[:CHUNK]
        return len(data)

    def flush(self) -> None:
        """Do nothing: `write` stores full chunks, `complete` the last one. zipfile calls this method."""

    def close(self) -> None:
        """Do nothing; ZipFile's type requires the method."""

    def complete(self) -> None:
        """Store the last chunk, and replace the user's former archives by this one."""
        if self._buffer:
            self._store(self._buffer)
        former = (Archive.user_id == self._user_id, Archive.id != self._archive_id)
        db.session.execute(delete(Archive).where(*former))
        # The retention counts from now, not from the start of the job.
        values = {"complete": True, "size": self._size, "created_at": utc_now()}
        db.session.execute(update(Archive).where(Archive.id == self._archive_id).values(**values))

    def _store(self, chunk: bytes | bytearray) -> None:
        values = {"archive_id": self._archive_id, "number": self._chunks, "data": bytes(chunk)}
        db.session.execute(insert(ArchiveChunk).values(**values))
        self._chunks += 1
        self._size += len(chunk)


def delete_expired() -> None:
    """Delete archives older than RETENTION, incomplete ones included."""
    db.session.execute(delete(Archive).where(Archive.created_at < utc_now() - RETENTION))


def delete_incomplete(user_id: int) -> None:
    """Delete what former attempts left of the user's archives."""
    db.session.execute(delete(Archive).where(Archive.user_id == user_id, Archive.complete.is_(False)))
