"""Tokens: what a program sends instead of a password."""

from datetime import datetime
from typing import Any, NamedTuple

from flask import g

from app.api.contract import Resource
from app.api.inputs import KeyQuery, NewToken
from app.api.paging import Answer, by_key
from app.api.schemas import Error, IssuedToken, Tokens
from app.auth import queries, services
from app.database import db

bp = Resource("api_tokens", __name__, url_prefix="/api/tokens", description="What a program signs in with.")


class Issued(NamedTuple):
    """A new token and what is kept of it."""

    id: int
    name: str
    created_at: datetime
    expires_at: datetime
    token: str


@bp.post("")
@bp.needs_password
@bp.arguments(NewToken, required=False)
@bp.response(200, IssuedToken)
@bp.alt_response(403, schema=Error)
def issue(values: dict[str, str]) -> Issued:
    """Get a token for a username, or an email address, and its password.

    Send it as "Authorization: Bearer …". It ends when it expires, when it is revoked and when the password changes. A
    repeated request gets another token. A user can have 100; more are refused.
    """
    token, kept = services.issue_token(g.caller, values["name"])
    db.session.commit()
    return Issued(kept.id, kept.name, kept.created_at, kept.expires_at, token)


@bp.delete("")
@bp.needs_token
@bp.response(204)
def revoke() -> None:
    """Revoke the token that is sent."""
    services.revoke_token(g.caller.id, g.caller.token_id)
    db.session.commit()


@bp.get("")
@bp.needs_token
@bp.arguments(KeyQuery, location="query")
@bp.response(200, Tokens)
def index(query: dict[str, Any]) -> Answer:
    """List the caller's valid tokens, newest first."""
    return by_key(query, lambda key, limit: queries.tokens_of(g.caller.id, key, limit))


@bp.delete("/<id:token_id>")
@bp.needs_token
@bp.response(204)
@bp.alt_response(404, schema=Error)
def revoke_one(token_id: int) -> None:
    """Revoke one of the caller's tokens."""
    services.revoke_token(g.caller.id, token_id)
    db.session.commit()
