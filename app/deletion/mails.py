"""The mail about a deletion. The worker calls its composer (app/mail/registry.py)."""

from flask_babel import lazy_gettext as _l

from app.database import db
from app.deletion.models import AccountDeletion
from app.mail.message import Mail
from app.users.models import User


def deletion(user: User, recipient: str, locale: str | None) -> Mail | None:
    """Return the notice that the account will be deleted, or None if the user has signed in since."""
    deletion = db.session.get(AccountDeletion, user.id)
    if deletion is None:
        return None
    values = {"user": user, "due_at": deletion.due_at}
    return Mail(recipient, _l("Your account will be deleted"), "deletion", locale, values)
