"""What is counted when it is asked for."""

from sqlalchemy import ColumnElement, ScalarSelect, func, select


def counted(column: ColumnElement, person: ColumnElement) -> ScalarSelect[int]:
    """How many rows have a person in `column`, from its index alone, for a query in which `person` holds their id."""
    return select(func.count()).where(column == person).scalar_subquery()
