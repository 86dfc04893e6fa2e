"""The rule for email addresses. It checks the syntax (RFC 5321, 5322, 6531), not that mail arrives."""

import functools
from types import ModuleType
from typing import TYPE_CHECKING

from flask import current_app
from flask_babel import gettext as _

from app.exceptions import Invalid

if TYPE_CHECKING:
    from email_validator import ValidatedEmail

# Limits of RFC 5321, section 4.5.3.1, in bytes: the part before the @, and a path of 256 with its angle brackets.
LOCAL_PART_MAX, EMAIL_MAX = 64, 254
EMAIL_MAX_TYPED = 1000  # code points; an address may be typed in a longer form, such as with combining accents
# Top-level domains of local networks (RFC 6761, 6762, 8375), where EMAIL_ADDRESSES=any. Bare hosts have none.
LOCAL_DOMAINS = {"arpa", "local", "localhost", "test"}


def email(value: str) -> str:
    """Return the normalized address. Raises Invalid with the reason."""
    address = _parsed(value)
    if address is None:
        if len(value.strip()) > EMAIL_MAX:
            raise Invalid("email", _("Use at most %(limit)d characters.", limit=EMAIL_MAX))
        raise Invalid("email", _("Enter a valid email address."))
    if len(address.local_part.encode()) > LOCAL_PART_MAX:
        raise Invalid("email", _("Use at most %(limit)d characters before the @.", limit=LOCAL_PART_MAX))
    if current_app.config["EMAIL_ADDRESSES"] == "public":
        _check_public(address)
    normalized: str = address.normalized
    return normalized


def email_key(value: str) -> str:
    """Return the form of an address that must be unique, however it is written; also of one that is not valid.

    Case may matter before the @ (RFC 5321), but users and providers ignore it.
    """
    address = _parsed(value)
    return (address.normalized if address else value.strip()).lower()


def _parsed(value: str) -> "ValidatedEmail | None":
    if "@" not in value or len(value) > EMAIL_MAX_TYPED:
        return None
    library = _library()
    try:
        address: ValidatedEmail = library.validate_email(
            value.strip(), check_deliverability=False, globally_deliverable=False
        )
    except library.EmailNotValidError:
        return None
    is_number = address.ascii_domain.rpartition(".")[2].isdigit()  # of an IP address without its brackets
    return None if is_number else address


def _check_public(address: "ValidatedEmail") -> None:
    if address.ascii_email is None:
        raise Invalid("email", _("Use only unaccented letters (a–z), digits and symbols before the @."))
    name, _dot, top = address.ascii_domain.rpartition(".")
    if not name or top in LOCAL_DOMAINS:
        raise Invalid(
            "email", _("Use an address with a public domain, such as example.com, not one of a local network.")
        )


@functools.cache
def _library() -> ModuleType:
    """Import email-validator, which takes 40 ms: few requests need it. The local domains are ours to check."""
    import email_validator

    # Two threads may both be here: the cache does not wait for the first call.
    names = email_validator.SPECIAL_USE_DOMAIN_NAMES
    names[:] = [name for name in names if name not in LOCAL_DOMAINS]
    return email_validator
