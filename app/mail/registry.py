"""The registry of kinds of mails, which features fill."""

import pkgutil
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.mail.message import Mail

# From the user, the address and the language of an outbox row to the mail; None if there is nothing to send any more.
# The user is None if the row was written without one.
Composer = Callable[[Any, str, str | None], "Mail | None"]

_composers: dict[str, str] = {}


def register(kind: str, composer: str) -> None:
    """Register a kind of mail; its Composer is given by name, as in "app.auth.mails:reset_password"."""
    _composers[kind] = composer


def composer_of(kind: str) -> Composer:
    """Return the Composer of a kind. Raises KeyError if it is not registered."""
    composer: Composer = pkgutil.resolve_name(_composers[kind])
    return composer


def kinds() -> list[str]:
    """Return the names of all registered kinds."""
    return list(_composers)
