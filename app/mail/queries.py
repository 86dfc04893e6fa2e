"""Queries for the outbox."""

from collections.abc import Collection

from sqlalchemy import select

from app.database import db
from app.mail.models import OutboxMail


def in_states(states: Collection[str]) -> list[OutboxMail]:
    """Return the mails in these states, oldest first."""
    return list(db.session.scalars(select(OutboxMail).where(OutboxMail.state.in_(states)).order_by(OutboxMail.id)))
