"""Queries for jobs."""

from sqlalchemy import select

from app.database import db
from app.jobs.models import Job


def job_of(user_id: int, kind: str) -> Job | None:
    """Return the last job of this kind that the user started, or None."""
    return db.session.scalar(select(Job).where(Job.user_id == user_id, Job.kind == kind))
