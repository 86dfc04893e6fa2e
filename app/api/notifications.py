"""Notifications."""

from typing import Any

from flask import g

from app.api.contract import Resource
from app.api.inputs import KeyQuery, Seen
from app.api.paging import Answer, by_key
from app.api.schemas import Notifications
from app.database import db
from app.notifications import queries, services

bp = Resource(
    "api_notifications", __name__, url_prefix="/api/notifications", description="What happened to the caller."
)


@bp.get("")
@bp.needs_token
@bp.arguments(KeyQuery, location="query")
@bp.response(200, Notifications)
def index(query: dict[str, Any]) -> Answer:
    """List the caller's notifications, newest first."""
    return by_key(query, lambda key, limit: queries.notifications(g.caller.id, key, limit))


@bp.post("/seen")
@bp.needs_token
@bp.arguments(Seen)
@bp.response(204)
def seen(values: dict[str, int]) -> None:
    """Mark the notifications up to that id as read."""
    services.mark_read(g.caller.id, values["up_to"])
    db.session.commit()
