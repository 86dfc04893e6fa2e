"""Password hashes. The rule for passwords is in rules.py.

A hash takes 32 MiB and about 0.1 s, so a process computes one at a time: sixteen threads would take 512 MiB at once.
"""

import contextlib
import threading
import unicodedata
from collections.abc import Iterator

from flask import current_app
from flask_babel import gettext as _
from werkzeug.security import check_password_hash, generate_password_hash

from app.exceptions import Unavailable
from app.users.rules import PASSWORD_MAX_CODE_POINTS

MOST_AT_ONCE = 8  # hashes of a process, in progress and waiting; each holds one of a worker's 16 threads

_places = threading.BoundedSemaphore(MOST_AT_ONCE)
_turn = threading.Lock()
_thread = threading.local()  # `has_turn` in the thread that holds the lock


@contextlib.contextmanager
def hashing() -> Iterator[None]:
    """Wait for the other hashes of this process; a hash inside the block does not wait again.

    Raises Unavailable if too many wait.
    """
    if getattr(_thread, "has_turn", False):
        yield
        return
    if not _places.acquire(blocking=False):
        raise Unavailable(_("Too many people are signing in. Try again in a moment."))
    try:
        with _turn:
            _thread.has_turn = True
            yield
    finally:
        _thread.has_turn = False
        _places.release()


def hashed(password: str) -> str:
    """Return the salted hash to store, by the method PASSWORD_METHOD. Raises Unavailable."""
    with hashing():
        return generate_password_hash(_normalized(password), current_app.config["PASSWORD_METHOD"])


def matches(password: str, known_hash: str | None) -> bool:
    """Whether the password has this hash. Without a hash: False, after the same work. Raises Unavailable."""
    if len(password) > PASSWORD_MAX_CODE_POINTS:
        return matches("", None)
    unknown = f"{current_app.config['PASSWORD_METHOD']}$salt${'0' * 128}"
    with hashing():
        is_same = check_password_hash(known_hash or unknown, _normalized(password))
    return is_same and known_hash is not None


def _normalized(password: str) -> str:
    """Return the password in form NFKC, since keyboards encode é differently (NIST SP 800-63B, section 3.1.1.2)."""
    return unicodedata.normalize("NFKC", password)
