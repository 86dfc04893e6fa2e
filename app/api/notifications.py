"""Notifications."""

from flask import g

from app.api.contract import Resource
from app.api.paging import by_key
from app.api.representations import notification
from app.api.schemas import KeyQuery, Notifications, Seen
from app.database import db
from app.notifications import queries, services
from app.notifications.texts import text_of

bp = Resource("api_notifications", __name__, url_prefix="/api/notifications", description="What happened to one.")


@bp.get("")
@bp.needs_token
@bp.arguments(KeyQuery, location="query")
@bp.response(200, Notifications)
def index(query):
    """List one's notifications, newest first."""
    return by_key(
        query,
        lambda key, limit: queries.notifications(g.caller.id, key, limit),
        lambda row: notification(row, str(text_of(row))),
    )


@bp.post("/seen")
@bp.needs_token
@bp.arguments(Seen)
@bp.response(204)
def seen(values):
    """Say that one has seen all up to that notification."""
    services.mark_read(g.caller.id, values["up_to"])
    db.session.commit()
