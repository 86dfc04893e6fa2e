"""Direct messages."""

from typing import Any

from flask import abort, g
from flask_babel import gettext as _

from app.api.contract import Resource, check_user
from app.api.inputs import KeyQuery, NewText, Seen
from app.api.paging import Answer, by_key
from app.api.schemas import Conversations, Error, Message, Messages
from app.database import db
from app.exceptions import Gone
from app.messages import models, services
from app.messages import queries as messages
from app.submissions.services import once
from app.web import rate_limits

bp = Resource("api_messages", __name__, url_prefix="/api", description="What two users write to each other.")


@bp.get("/conversations")
@bp.needs_token
@bp.arguments(KeyQuery, location="query")
@bp.response(200, Conversations)
def index(query: dict[str, Any]) -> Answer:
    """List the caller's conversations, that with the newest message first."""
    return by_key(query, lambda key, limit: messages.people(g.caller.id, key, limit))


@bp.get("/conversations/<id:user_id>")
@bp.needs_token
@bp.arguments(KeyQuery, location="query")
@bp.response(200, Messages)
@bp.alt_response(404, schema=Error)
def thread(query: dict[str, Any], user_id: int) -> Answer:
    """List the messages between the caller and another user, newest first."""
    side = _side(user_id)
    return by_key(query, lambda key, limit: messages.thread(side, key, limit) if side else [])


@bp.post("/conversations/<id:user_id>")
@bp.needs_token
@rate_limits.messages
@bp.repeatable
@bp.arguments(NewText)
@bp.response(201, Message)
@bp.alt_response(403, schema=Error)
@bp.alt_response(404, schema=Error)
def send(values: dict[str, str], user_id: int, key: str) -> models.Message:
    """Send a message to a user."""
    check_user(user_id)
    body = values["body"]
    message_id = once(
        g.caller.id, key, ("message", str(user_id), body), lambda: services.send(g.caller.id, user_id, body).id
    )
    db.session.commit()
    sent = messages.message(message_id)
    if sent is None:
        raise Gone(_("This message no longer exists."))
    return sent


@bp.post("/conversations/<id:user_id>/seen")
@bp.needs_token
@bp.arguments(Seen)
@bp.response(204)
@bp.alt_response(404, schema=Error)
def seen(values: dict[str, int], user_id: int) -> None:
    """Mark a conversation up to that message as read."""
    side = _side(user_id)
    if side:
        services.mark_seen(side, values["up_to"])
        db.session.commit()


@bp.delete("/conversations/<id:user_id>")
@bp.needs_token
@bp.response(204)
@bp.alt_response(404, schema=Error)
def delete_conversation(user_id: int) -> None:
    """Delete the caller's copy of a conversation; the other user keeps theirs."""
    services.delete_conversation(_side(user_id) or abort(404))
    db.session.commit()


@bp.delete("/messages/<id:message_id>")
@bp.needs_token
@bp.response(204)
@bp.alt_response(404, schema=Error)
def delete_message(message_id: int) -> None:
    """Delete the caller's copy of a message; the other user keeps theirs."""
    services.delete_message(g.caller.id, message_id)
    db.session.commit()


def _side(user_id: int) -> models.Conversation | None:
    check_user(user_id)
    return messages.side_of(g.caller.id, user_id)
