"""Browsers that have signed in to an account before. Other people's wrong passwords do not lock them out.

A signed cookie holds a random name of the browser and the accounts it is known to. It gives no access: only limits of
its own (attempts.py). A new password of an account makes it unknown again.
"""

import hashlib
import secrets
from collections.abc import Callable
from typing import Any

from flask import Response, after_this_request, current_app, request
from itsdangerous import BadData

from app.signing import TimedSerializer
from app.users.models import User

VALID = 365 * 24 * 3600  # seconds
ACCOUNTS = 5  # per browser, the latest ones

Content = tuple[str, list[list[Any]]]  # the browser's name, and for each account its id and its state


def remember(user: User) -> None:
    """Make the browser known to the account, by a cookie of this request's response."""
    name, accounts = _read() or (secrets.token_urlsafe(9), [])
    others = [account for account in accounts if account[0] != user.id]
    content = _serializer().dumps((name, [[user.id, _state(user)], *others][:ACCOUNTS]))

    @after_this_request
    def save(response: Response) -> Response:
        config = current_app.config
        response.set_cookie(
            _cookie(), content, max_age=VALID, secure=config["SESSION_COOKIE_SECURE"], httponly=True, samesite="Lax"
        )
        return response


def name_for(find: Callable[[], User | None]) -> str | None:
    """Return the browser's name if it is known to the account that `find` returns, else None.

    For an unknown browser, `find` is not called, which saves a query.
    """
    content = _read()
    user = find() if content else None
    return content[0] if content and user and [user.id, _state(user)] in content[1] else None


def _read() -> Content | None:
    try:
        content: Content = _serializer().loads(request.cookies.get(_cookie(), ""), max_age=VALID)
    except BadData:
        return None
    return content


def _cookie() -> str:
    return f"{current_app.config['SESSION_COOKIE_NAME']}_known"


def _serializer() -> TimedSerializer:
    key: Any = current_app.secret_key  # Flask's type allows None; ours never is
    return TimedSerializer(key, salt="known browser")


def _state(user: User) -> str:
    """Return a hash that differs after a change of the password: each hash has a new salt."""
    return hashlib.sha256(f"known browser {user.password_hash}".encode()).hexdigest()[:16]
