"""What the links in mails prove: that whoever opens one reads the mail of an address."""

import hashlib

from flask import current_app
from itsdangerous import BadData, URLSafeTimedSerializer

from app.database import db
from app.users.models import User

# Purposes, and for how long their links are valid, in seconds.
RESET, ADDRESS = "reset password", "confirm address"
VALID = {RESET: 600, ADDRESS: 24 * 3600}


def make(purpose: str, user: User, **claims) -> str:
    """A proof for that purpose, which works until the person's password or address changes: so it works once."""
    return _serializer(purpose).dumps({"user": user.id, "state": _state(user), **claims})


def read(purpose: str, proof: str) -> tuple[User, dict] | None:
    """The person and the claims that a proof was made for, or None when it is forged, too old or used."""
    try:
        claims = _serializer(purpose).loads(proof, max_age=VALID[purpose])
    except BadData:
        return None
    user = db.session.get(User, claims.pop("user"))
    if user is None or claims.pop("state") != _state(user):
        return None
    return user, claims


def _serializer(purpose):
    return URLSafeTimedSerializer(current_app.secret_key, salt=f"mail: {purpose}")


def _state(user: User) -> str:
    """Differs after a change of password (each hash has its salt) or address."""
    return hashlib.sha256(f"{user.password_hash} {user.email_key}".encode()).hexdigest()[:32]
