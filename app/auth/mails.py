"""The mails about accounts; a worker sends them, so that no page waits for a mail server, nor tells by its time whom
it knows."""

from flask_babel import lazy_gettext as _l

from app import mail
from app.auth import proofs
from app.database import db
from app.users import queries
from app.users.models import User


def reset_password(email: str, locale: str | None) -> None:
    """A link to set a new password, if somebody has that address; else nothing. `locale`: the asking browser's."""
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
    """A link that makes `email` the person's address."""
    user = db.session.get(User, user_id)
    if user is None:
        return
    mail.send(
        email,
        _l("Confirm your e-mail address"),
        "confirm_address",
        user.locale or locale,
        user=user,
        token=proofs.make(proofs.ADDRESS, user, email=email),
        hours=proofs.VALID[proofs.ADDRESS] // 3600,
    )


def address_changed(user_id: int, former: str, locale: str | None) -> None:
    """Tell whoever reads the former address, who may not have wanted it."""
    user = db.session.get(User, user_id)
    if user is None:
        return
    mail.send(former, _l("Your e-mail address has changed"), "address_changed", user.locale or locale, user=user)
