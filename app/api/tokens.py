"""Tokens: what a program sends instead of a password."""

from flask import g, jsonify, request
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Unauthorized

from app.api.contract import REALM, Resource
from app.api.representations import token as represent
from app.api.schemas import Error, IssuedToken, NewToken, Tokens
from app.auth import queries, services
from app.database import db
from app.web.rate_limits import limited

bp = Resource("api_tokens", __name__, url_prefix="/api/tokens", description="What a program signs in with.")


def _named() -> str:
    """Whom the password that was sent is said to be of."""
    given = request.authorization
    return f"typed {((given and given.username) or '').strip().lower()[:254]}"


def _was_wrong(response) -> bool:
    return response.status_code == 401


@bp.post("")
@limited("10 per minute; 60 per hour", _named, "200 per minute; 2000 per hour", when=_was_wrong)
@bp.doc(security=[{"password": []}])
@bp.arguments(NewToken, required=False)
@bp.response(200, IssuedToken)
@bp.alt_response(401, schema=Error)
@bp.alt_response(429, schema=Error)
def issue(values):
    """Get a token for a username, or an e-mail address, and its password.

    Send it from then on as "Authorization: Bearer …". It ends when it expires, when it is revoked, when the password
    changes.
    """
    given = request.authorization
    user = None
    if given and given.type == "basic":
        user = services.authenticate(given.username or "", given.password or "")
    if user is None:
        raise Unauthorized(www_authenticate=WWWAuthenticate("basic", REALM))
    token, kept = services.issue_token(user, values["name"])
    db.session.commit()
    return jsonify(represent(kept) | {"token": token})


@bp.delete("")
@bp.needs_token
@bp.response(204)
def revoke():
    """Revoke the token that this is sent with."""
    services.revoke_token(g.caller.id, g.caller.token_id)
    db.session.commit()


@bp.get("")
@bp.needs_token
@bp.response(200, Tokens)
def index():
    """List one's own tokens that are valid, newest first."""
    return jsonify(items=[represent(kept) for kept in queries.tokens_of(g.caller.id)])


@bp.delete("/<id:token_id>")
@bp.needs_token
@bp.response(204)
@bp.alt_response(404, schema=Error)
def revoke_one(token_id):
    """Revoke one of one's tokens."""
    services.revoke_token(g.caller.id, token_id)
    db.session.commit()
