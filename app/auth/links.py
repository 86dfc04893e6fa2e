"""Put mails with links into the outbox, and cancel pending ones. The worker makes the links (mails.py, proofs.py)."""

from app.mail import services as outbox
from app.mail.models import OutboxMail
from app.submissions import services as submissions
from app.users.email_addresses import email_key
from app.users.models import User

RESET, ADDRESS = "reset_password", "confirm_address"  # kinds of mails


def request_reset(email: str, form_key: str = "") -> None:
    """Mail a link to set a new password, if an account has this address. A repeated form sends no second mail."""
    _write_once(RESET, email_key(email), None, form_key)


def request_confirmation(user: User, email: str, form_key: str = "") -> None:
    """Mail a link that confirms this address, and makes it the user's if it is not yet.

    A repeated form sends no second mail.
    """
    _write_once(ADDRESS, email, user.id, form_key)


def _write_once(kind: str, recipient: str, user_id: int | None, form_key: str) -> None:
    submissions.submit(
        user_id,
        form_key,
        payload=(kind, recipient),
        create=lambda: outbox.write(kind, recipient, user_id),
        exists=outbox.is_on_its_way,
    )


def cancel(user: User) -> None:
    """Cancel the user's links that are not mailed yet: password or address have changed, or the account is deleted.

    Those in mails already sent are void (proofs.py). A link to confirm the address that the user has is no risk.
    """
    outbox.cancel(RESET, OutboxMail.recipient == user.email_key)
    outbox.cancel(ADDRESS, OutboxMail.user_id == user.id, OutboxMail.recipient != user.email)
