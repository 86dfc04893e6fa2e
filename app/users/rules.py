"""What the values of an account must be, whoever sets them: a form, the API or a command.

Each rule takes what was entered and gives back what is kept. Raises Invalid, with a message for the person.
"""

import re

from flask import current_app
from flask_babel import gettext as _

from app import text
from app.exceptions import Invalid

USERNAME = re.compile(r"[A-Za-z0-9_]{1,64}")
DISPLAY_NAME_LIMIT = 64  # graphemes
ABOUT_ME_LIMIT = 140  # graphemes

# What the columns hold, in code points: marks piled on marks and families of emoji make a grapheme of many.
DISPLAY_NAME_ROOM = 400
ABOUT_ME_ROOM = 1000
EMAIL_ROOM = 254


def username(value: str) -> str:
    """ASCII alone: no two names that look the same to a reader or the same to a database."""
    if not USERNAME.fullmatch(value):
        raise Invalid("username", _("A username is 1 to 64 of these: letters a to z, digits, underscores."))
    return value


def username_key(value: str) -> str:
    """What is unique about a username, the same on every database."""
    return value.lower()


def email(value: str) -> str:
    """An address by the rules of mail (RFC 5321, 5322); whether mail arrives there is not asked."""
    from email_validator import EmailNotValidError, validate_email  # 40 ms that only those who sign up pay

    try:
        address = validate_email(value.strip(), check_deliverability=False, allow_smtputf8=False).normalized
    except EmailNotValidError as error:
        raise Invalid("email", _("That is not an e-mail address.")) from error
    if len(email_key(address)) > EMAIL_ROOM:
        raise Invalid("email", _("That is not an e-mail address."))
    return address


def email_key(value: str) -> str:
    """What is unique about an address. Case may matter before the @ (RFC 5321); people and providers ignore it."""
    return value.lower()


def display_name(value: str) -> str:
    """Any name in any script, or none (then the username stands for it)."""
    name = text.tidy_line(value)
    if not text.is_storable(name):
        raise Invalid("display_name", _("A name can't hold control characters."))
    if text.count(name) > DISPLAY_NAME_LIMIT:
        raise Invalid("display_name", _("A name has at most %(limit)d characters.", limit=DISPLAY_NAME_LIMIT))
    if len(name) > DISPLAY_NAME_ROOM:
        raise Invalid("display_name", _("This name has too many marks and joined characters to be kept."))
    return "" if text.is_blank(name) else name


def about_me(value: str) -> str:
    """A few words in any script, on any number of lines."""
    words = text.tidy(value)
    if not text.is_storable(words):
        raise Invalid("about_me", _("This text can't hold control characters."))
    if text.count(words) > ABOUT_ME_LIMIT:
        raise Invalid("about_me", _("This text has at most %(limit)d characters.", limit=ABOUT_ME_LIMIT))
    if len(words) > ABOUT_ME_ROOM:
        raise Invalid("about_me", _("This text has too many marks and joined characters to be kept."))
    return "" if text.is_blank(words) else words


def locale(value: str | None) -> str | None:
    """A language of the interface, or None for whatever the browser asks for."""
    if not value:
        return None
    if value not in current_app.config["LANGUAGES"]:
        raise Invalid("locale", _("That language is not there."))
    return value
