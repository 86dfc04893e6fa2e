"""Signed links in emails. They prove that the user reads the mail of an address."""

import hashlib
from typing import Any

from flask import current_app
from itsdangerous import BadData

from app.database import db
from app.signing import TimedSerializer
from app.users.models import User

# Purposes, and how long their links are valid, in seconds.
RESET, ADDRESS = "reset password", "confirm address"
VALID = {RESET: 600, ADDRESS: 24 * 3600}


def make(purpose: str, user: User, **claims: Any) -> str:
    """Return a proof with these claims. It is valid once: until the user's password or email address changes."""
    proof: str = _serializer(purpose).dumps({"user": user.id, "state": _state(user), **claims})
    return proof


def read(purpose: str, proof: str) -> tuple[User, dict[str, Any]] | None:
    """Return the user and the claims of a proof, or None if it is forged, expired or used."""
    try:
        claims = _serializer(purpose).loads(proof, max_age=VALID[purpose])
    except BadData:
        return None
    user = db.session.get(User, claims.pop("user"))
    if user is None or claims.pop("state") != _state(user):
        return None
    return user, claims


def _serializer(purpose: str) -> TimedSerializer:
    key: Any = current_app.secret_key  # Flask's type allows None; ours never is
    return TimedSerializer(key, salt=f"mail: {purpose}")


def _state(user: User) -> str:
    """Return a hash that differs after a change of the password (each hash has a new salt) or the email address."""
    return hashlib.sha256(f"{user.password_hash} {user.email_key}".encode()).hexdigest()[:32]
