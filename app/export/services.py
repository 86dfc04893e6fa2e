"""Making and keeping archives."""

from sqlalchemy import delete, insert, update

from app.database import db, utc_now
from app.export.models import KEPT, Archive, ArchiveChunk

CHUNK = 60_000  # bytes, what fits a BLOB of MySQL's


class ArchiveWriter:
    """A file to write a new archive of `user_id` to; its pieces go to the database, which the caller commits."""

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
        """Take the next bytes, as file objects do."""
        self._buffer += data
        while len(self._buffer) >= CHUNK:
            self._keep(self._buffer[:CHUNK])
            del self._buffer[:CHUNK]
        return len(data)

    def flush(self) -> None:
        """Nothing to do, but zipfile calls it."""

    def complete(self) -> None:
        """All is written: this archive takes the place of those that the person had before."""
        if self._buffer:
            self._keep(self._buffer)
        former = (Archive.user_id == self._user_id, Archive.id != self._archive_id)
        db.session.execute(delete(Archive).where(*former))
        # Kept for 7 days from now, not from the job's start.
        done = {"complete": True, "size": self._size, "created_at": utc_now()}
        db.session.execute(update(Archive).where(Archive.id == self._archive_id).values(**done))

    def _keep(self, piece):
        values = {"archive_id": self._archive_id, "number": self._chunks, "data": bytes(piece)}
        db.session.execute(insert(ArchiveChunk).values(**values))
        self._chunks += 1
        self._size += len(piece)


def delete_expired() -> None:
    """Delete the archives that are older than they are kept, and what dead jobs left."""
    db.session.execute(delete(Archive).where(Archive.created_at < utc_now() - KEPT))


def delete_incomplete(user_id: int) -> None:
    """Delete what a former attempt left of an archive."""
    db.session.execute(delete(Archive).where(Archive.user_id == user_id, Archive.complete.is_(False)))
