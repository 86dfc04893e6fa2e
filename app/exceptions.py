"""Errors that services raise; app/web/errors.py maps them to HTTP."""

from collections.abc import Iterator, Mapping
from typing import Any


class DomainError(Exception):
    """A rule of the application is broken; the message is for the user, in their language."""


class NotAllowed(DomainError):
    """The user is not permitted to do this."""


class NotFound(DomainError):
    """The resource does not exist, or the user may not see it."""


class Gone(DomainError):
    """The resource existed and was deleted."""


class KeyReused(DomainError):
    """An idempotency key was used before, for another request."""


class Unavailable(DomainError):
    """An external service is unavailable; a retry may succeed."""


class Invalid(DomainError):
    """A value breaks a rule; `field` names it as the form and the API do.

    `others` are errors of other fields, found at the same time.
    """

    def __init__(self, field: str, message: str):
        super().__init__(message)
        self.field = field
        self.others: list[Invalid] = []


class Unreadable(DomainError):
    """The request cannot be parsed."""


class UnsupportedType(DomainError):
    """The body has a type that the address does not take."""


class Malformed(DomainError):
    """A payload does not match the schema of the API; `faults` are marshmallow's messages by field, nested."""

    def __init__(self, faults: Mapping[Any, Any]):
        super().__init__("; ".join(_describe(faults)))


def _describe(faults: Mapping[Any, Any], field: str = "") -> Iterator[str]:
    """Yield each fault as "field: message"; nested fields are joined by dots."""
    for name, fault in faults.items():
        # marshmallow's name for the whole payload is "_schema".
        whole = field if name == "_schema" else f"{field}.{name}".strip(".")
        if isinstance(fault, dict):
            yield from _describe(fault, whole)
        else:
            yield f"{whole}: {' '.join(map(str, fault))}".removeprefix(": ")
