"""Emails about accounts. The worker calls these composers (app/mail/registry.py)."""

from flask_babel import lazy_gettext as _l

from app.auth import proofs
from app.mail.message import Mail
from app.users import queries
from app.users.models import User


def reset_password(_user: None, recipient: str, locale: str | None) -> Mail | None:
    """Return the mail with a link to set a new password, if an account has this address."""
    user = queries.by_email(recipient)
    if user is None:
        return None
    token, minutes = proofs.make(proofs.RESET, user), proofs.VALID[proofs.RESET] // 60
    values = {"user": user, "token": token, "minutes": minutes}
    return Mail(user.email, _l("Set a new password"), "reset_password", user.locale or locale, values)


def confirm_address(user: User, recipient: str, locale: str | None) -> Mail:
    """Return the mail with a link that makes `recipient` the user's address."""
    token, hours = proofs.make(proofs.ADDRESS, user, email=recipient), proofs.VALID[proofs.ADDRESS] // 3600
    values = {"user": user, "token": token, "hours": hours}
    return Mail(recipient, _l("Confirm your email address"), "confirm_address", locale, values)


def password_changed(user: User, recipient: str, locale: str | None) -> Mail:
    """Return the notice of a new password, in case the user did not make the change."""
    return Mail(recipient, _l("Your password was changed"), "password_changed", locale, {"user": user})


def address_changed(user: User, recipient: str, locale: str | None) -> Mail:
    """Return the notice to the former address, in case the user did not make the change."""
    return Mail(recipient, _l("Your email address was changed"), "address_changed", locale, {"user": user})
