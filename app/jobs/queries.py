"""Reading jobs."""

from sqlalchemy import select

from app.database import db
from app.jobs.models import Task


def task_of(user_id: int, kind: str) -> Task | None:
    """The last job of that kind that a person started."""
    return db.session.scalar(select(Task).where(Task.user_id == user_id, Task.kind == kind))
