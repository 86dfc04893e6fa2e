"""What tokens and their names must be."""

import hashlib

from flask_babel import gettext as _

from app import text
from app.exceptions import Invalid

NAME_LIMIT = 64  # code points, what the column holds


def token_name(value: str) -> str:
    """What a person calls a token, or nothing."""
    name = text.tidy_line(value)
    if len(name) > NAME_LIMIT or not text.is_storable(name):
        raise Invalid("name", _("A name has at most %(limit)d characters.", limit=NAME_LIMIT))
    return name


def token_hash(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()
