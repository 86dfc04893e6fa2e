"""The validation of messages, for pages and the API."""

from flask_babel import gettext as _

from app import text
from app.exceptions import Invalid

LIMIT = 500  # graphemes, which are what users see as characters
MAX_CODE_POINTS = 3500  # code points, the size of the column: 7 per grapheme, as for posts


def body(value: str) -> str:
    """Return the text to store. Raises Invalid, with a message for the user, if the text is not valid."""
    tidied = text.tidy(value, MAX_CODE_POINTS)
    if text.is_blank(tidied):
        raise Invalid("body", _("Write a message."))
    text.check(tidied, "body", LIMIT, MAX_CODE_POINTS)
    return tidied
