"""Emails about accounts.

A worker sends them: pages don't wait for the mail server, and response times don't reveal who has an account.
`locale` is that of the request, for users who have not chosen a language.
"""

from flask_babel import lazy_gettext as _l

from app import mail
from app.auth import proofs
from app.database import db
from app.users import queries
from app.users.models import User


def reset_password(email: str, locale: str | None) -> None:
    """Send a link to set a new password, if an account has this address."""
    user = queries.by_email(email)
    if user is None:
        return
    mail.send(
        user.email,
        _l("Set a new password"),
        "reset_password",
        user.locale or locale,
        user=user,
        token=proofs.make(proofs.RESET, user),
        minutes=proofs.VALID[proofs.RESET] // 60,
    )


def confirm_address(user_id: int, email: str, locale: str | None) -> None:
    """Send to `email` a link that makes it the user's address."""
    user = db.session.get(User, user_id)
    if user is None:
        return
    mail.send(
        email,
        _l("Confirm your email address"),
        "confirm_address",
        user.locale or locale,
        user=user,
        token=proofs.make(proofs.ADDRESS, user, email=email),
        hours=proofs.VALID[proofs.ADDRESS] // 3600,
    )


def address_changed(user_id: int, former: str, locale: str | None) -> None:
    """Notify the former address, in case the user did not make the change."""
    user = db.session.get(User, user_id)
    if user is None:
        return
    mail.send(former, _l("Your email address was changed"), "address_changed", user.locale or locale, user=user)
