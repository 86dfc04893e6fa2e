"""Password hashes. The rule for passwords is in rules.py."""

import unicodedata

from flask import current_app
from werkzeug.security import check_password_hash, generate_password_hash

from app.users.rules import PASSWORD_MAX_CODE_POINTS


def hashed(password: str) -> str:
    """Return the salted hash to store, by the method PASSWORD_METHOD."""
    return generate_password_hash(_normalized(password), current_app.config["PASSWORD_METHOD"])


def matches(password: str, known_hash: str | None) -> bool:
    """Whether the password has this hash. Without a hash: False, after the same work."""
    if len(password) > PASSWORD_MAX_CODE_POINTS:
        return matches("", None)
    if known_hash is None:
        check_password_hash(f"{current_app.config['PASSWORD_METHOD']}$salt${'0' * 128}", _normalized(password))
        return False
    return check_password_hash(known_hash, _normalized(password))


def _normalized(password: str) -> str:
    """Return the password in form NFKC, since keyboards encode é differently (NIST SP 800-63B, section 3.1.1.2)."""
    return unicodedata.normalize("NFKC", password)
