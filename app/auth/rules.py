"""The validation of API tokens' names, and the hash of a token."""

import hashlib

from flask_babel import gettext as _

from app import text
from app.exceptions import Invalid

NAME_LIMIT = 64  # code points, the size of the column


def token_name(value: str) -> str:
    """Return the name on one line; "" is allowed. Raises Invalid."""
    name = text.tidy_line(value, 4 * NAME_LIMIT)  # NFC composes at most four code points to one, such as ᾂ
    if not text.is_storable(name):
        raise Invalid("name", _("Remove the control characters."))
    if len(name) > NAME_LIMIT:
        raise Invalid("name", _("Use at most %(limit)d characters.", limit=NAME_LIMIT))
    return name


def token_hash(token: str) -> str:
    """Return the hash by which a token is stored."""
    return hashlib.sha256(token.encode()).hexdigest()
