"""Archives of what a person wrote.

They are kept in the database rather than in a folder: any replica can serve what any worker made, and they go with
the account.
"""

from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Model, UTCDateTime, utc_now

KIND = "export"  # of task
KEPT = timedelta(days=7)


class Archive(Model):
    """A zip file of what `user` wrote."""

    __tablename__ = "archive"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    complete: Mapped[bool] = mapped_column(default=False)  # false while a job writes it, or after it died
    size: Mapped[int] = mapped_column(default=0)  # bytes
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now, index=True)

    @property
    def expires_at(self) -> datetime:
        """When it is deleted."""
        return self.created_at + KEPT


class ArchiveChunk(Model):
    """A piece of an archive's bytes; `number` counts from 0."""

    __tablename__ = "archive_chunk"

    archive_id: Mapped[int] = mapped_column(ForeignKey("archive.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    data: Mapped[bytes] = mapped_column(LargeBinary)  # MySQL's BLOB: 65,535 bytes at most
