"""Jobs, and the tables of their queue."""

from datetime import datetime, timedelta

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.database import TABLE_OPTIONS, Model, UTCDateTime, db, utc_now
from app.signing import CLOCK_SKEW

# States
QUEUED, RUNNING, DONE, FAILED = "queued", "running", "done", "failed"
# Failures
ERROR = "error"  # the job raised an exception; the log has the traceback
STALE = "stale"  # no heartbeat: its worker was killed

# A running job must report its progress within a minute; the clock of the replica that looks at it may be ahead.
HEARTBEAT_TIMEOUT = timedelta(minutes=1) + CLOCK_SKEW


class Job(Model):
    """The last job of one kind that a user started; the next one reuses its row."""

    __tablename__ = "job"

    __table_args__ = (UniqueConstraint("user_id", "kind"), TABLE_OPTIONS)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(8), default=QUEUED)
    # Counts the starts. A worker that was wrongly considered dead sees a higher number and stops.
    attempt: Mapped[int] = mapped_column(default=1)
    progress: Mapped[int] = mapped_column(default=0)  # percent
    failure: Mapped[str | None] = mapped_column(String(8))
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now)  # of this attempt
    updated_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now)  # the heartbeat

    @property
    def is_stale(self) -> bool:
        """Whether the job is marked as running but has no heartbeat."""
        return self.state == RUNNING and utc_now() - self.updated_at > HEARTBEAT_TIMEOUT

    @property
    def is_under_way(self) -> bool:
        """Whether the job is queued or running."""
        return self.state in (QUEUED, RUNNING) and not self.is_stale

    @property
    def has_failed(self) -> bool:
        """Whether the job failed or is stale."""
        return self.state == FAILED or self.is_stale


# The tables of Huey's SqlStorage (huey/contrib/sql_huey.py), renamed by job_queue.Storage.
huey_task = Table(
    "huey_task",
    db.metadata,
    Column("id", Integer, primary_key=True),
    Column("queue", String(255), nullable=False),
    Column("data", LargeBinary, nullable=False),
    Column("priority", Float, nullable=False),
    Index("ix_huey_task_priority_id", "priority", "id"),
    **TABLE_OPTIONS,
)
huey_schedule = Table(
    "huey_schedule",
    db.metadata,
    Column("id", Integer, primary_key=True),
    Column("queue", String(255), nullable=False),
    Column("data", LargeBinary, nullable=False),
    Column("timestamp", BigInteger, nullable=False),
    Index("ix_huey_schedule_queue_timestamp", "queue", "timestamp"),
    **TABLE_OPTIONS,
)
huey_kv = Table(
    "huey_kv",
    db.metadata,
    Column("queue", String(255), primary_key=True),
    Column("key", String(255), primary_key=True),
    Column("value", LargeBinary, nullable=False),
    **TABLE_OPTIONS,
)
huey_counter = Table(
    "huey_counter",
    db.metadata,
    Column("queue", String(255), primary_key=True),
    Column("key", String(255), primary_key=True),
    Column("value", Integer, nullable=False),
    **TABLE_OPTIONS,
)
