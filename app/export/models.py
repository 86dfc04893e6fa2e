"""Archives of users' data.

They are stored in the database rather than in a folder: every replica can serve them, and deleting the account deletes
them.
"""

from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Model, UTCDateTime, utc_now

KIND = "export"  # of job
RETENTION = timedelta(days=7)


class Archive(Model):
    """A zip file of a user's data."""

    __tablename__ = "archive"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    complete: Mapped[bool] = mapped_column(default=False)  # false while a job writes it, or if that job failed
    size: Mapped[int] = mapped_column(default=0)  # bytes
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now, index=True)

    @property
    def expires_at(self) -> datetime:
        """The time at which the archive is deleted."""
        return self.created_at + RETENTION


class ArchiveChunk(Model):
    """A part of an archive; `number` counts from 0."""

    __tablename__ = "archive_chunk"

    archive_id: Mapped[int] = mapped_column(ForeignKey("archive.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    data: Mapped[bytes] = mapped_column(LargeBinary)  # at most 65,535 bytes, the size of MySQL's BLOB
