"""Queries for jobs."""

from sqlalchemy import func, select

from app.database import db
from app.jobs.models import QUEUED, Job


def job_of(user_id: int, kind: str) -> Job | None:
    """Return the last job of this kind that the user started, or None."""
    return db.session.scalar(select(Job).where(Job.user_id == user_id, Job.kind == kind))


def count_queued() -> int:
    """Return how many jobs wait for a worker."""
    return db.session.scalar(select(func.count()).where(Job.state == QUEUED)) or 0
