"""What is kept of each person."""

from sqlalchemy import ColumnElement, func, select

from app.counts.models import Counts

counts = Counts.__table__


def kept(what: str, person: ColumnElement) -> ColumnElement[int]:
    """How many "posts" or "followers" a person has, as part of a query; `person` holds their id."""
    row = select(counts.c[what]).where(counts.c.user_id == person)
    return func.coalesce(row.scalar_subquery(), 0)
