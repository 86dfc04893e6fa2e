"""Direct messages."""

from flask import abort, g, jsonify

from app.api import queries
from app.api.contract import Resource
from app.api.paging import by_key
from app.api.representations import conversation, message
from app.api.schemas import Conversations, Error, KeyQuery, Message, Messages, NewText, Seen
from app.database import db
from app.messages import queries as messages
from app.messages import services
from app.web import rate_limits

bp = Resource("api_messages", __name__, url_prefix="/api", description="What two people write to each other.")


@bp.get("/conversations")
@bp.needs_token
@bp.arguments(KeyQuery, location="query")
@bp.response(200, Conversations)
def index(query):
    """List one's conversations, the one with the newest message first."""
    return by_key(query, lambda key, limit: messages.people(g.caller.id, key, limit), conversation)


@bp.get("/conversations/<id:user_id>")
@bp.needs_token
@bp.arguments(KeyQuery, location="query")
@bp.response(200, Messages)
@bp.alt_response(404, schema=Error)
def thread(query, user_id):
    """List what one and another person wrote to each other, newest first."""
    side = _side(user_id)
    return by_key(query, lambda key, limit: messages.thread(side, key, limit) if side else [], message)


@bp.post("/conversations/<id:user_id>")
@bp.needs_token
@rate_limits.messages
@bp.arguments(NewText)
@bp.response(201, Message)
@bp.alt_response(403, schema=Error)
@bp.alt_response(404, schema=Error)
def send(values, user_id):
    """Write to a person."""
    _known(user_id)
    sent = services.send(g.caller.id, user_id, values["body"])
    db.session.commit()
    return jsonify(message(sent)), 201


@bp.post("/conversations/<id:user_id>/seen")
@bp.needs_token
@bp.arguments(Seen)
@bp.response(204)
@bp.alt_response(404, schema=Error)
def seen(values, user_id):
    """Say that one has seen a conversation up to that message."""
    side = _side(user_id)
    if side:
        services.mark_seen(side, values["up_to"])
        db.session.commit()


@bp.delete("/conversations/<id:user_id>")
@bp.needs_token
@bp.response(204)
@bp.alt_response(404, schema=Error)
def delete_conversation(user_id):
    """Delete one's copy of a conversation; the other person keeps theirs."""
    services.delete_conversation(_side(user_id) or abort(404))
    db.session.commit()


@bp.delete("/messages/<id:message_id>")
@bp.needs_token
@bp.response(204)
@bp.alt_response(404, schema=Error)
def delete_message(message_id):
    """Delete one's copy of a message; the other person keeps theirs."""
    services.delete_message(g.caller.id, message_id)
    db.session.commit()


def _known(user_id):
    return queries.user(user_id) or abort(404)


def _side(user_id):
    _known(user_id)
    return messages.side_of(g.caller.id, user_id)
