"""Passwords: what they must be, and their hashes."""

import unicodedata

from flask import current_app
from flask_babel import gettext as _
from werkzeug.security import check_password_hash, generate_password_hash

from app import text
from app.exceptions import Invalid

SHORTEST, LONGEST = 8, 200  # graphemes


def checked(value: str) -> str:
    """The password as it was entered. Raises Invalid when it is too short or too long."""
    if text.count(value) < SHORTEST:
        raise Invalid("password", _("A password has at least %(limit)d characters.", limit=SHORTEST))
    if text.count(value) > LONGEST:
        raise Invalid("password", _("A password has at most %(limit)d characters.", limit=LONGEST))
    if not text.is_storable(value):
        raise Invalid("password", _("A password can't hold control characters."))
    return value


def hashed(password: str) -> str:
    """The hash to keep, made by PASSWORD_METHOD with a salt of its own."""
    return generate_password_hash(_bytes_alike(password), current_app.config["PASSWORD_METHOD"])


def matches(password: str, known_hash: str | None) -> bool:
    """Whether `password` is the one of `known_hash`; without a hash the same work is done for a no."""
    if known_hash is None:
        check_password_hash(f"{current_app.config['PASSWORD_METHOD']}$nobody${'0' * 128}", _bytes_alike(password))
        return False
    return check_password_hash(known_hash, _bytes_alike(password))


def _bytes_alike(password: str) -> str:
    """One form of what looks alike: keyboards differ in how they compose é (NIST SP 800-63B, section 3.1.1.2)."""
    return unicodedata.normalize("NFKC", password)
