"""What a message must be, whoever writes it: a form or the API."""

from flask_babel import gettext as _

from app import text
from app.exceptions import Invalid

LIMIT = 500  # graphemes, as a person counts characters
ROOM = 3500  # code points, what the column holds: in the proportion of a post's


def body(value: str) -> str:
    """What is kept of the text that was entered. Raises Invalid, with a message for the person."""
    words = text.tidy(value)
    if text.is_blank(words):
        raise Invalid("body", _("Write something first."))
    if not text.is_storable(words):
        raise Invalid("body", _("A message can't hold control characters."))
    if text.count(words) > LIMIT:
        raise Invalid("body", _("A message has at most %(limit)d characters.", limit=LIMIT))
    if len(words) > ROOM:
        raise Invalid("body", _("This message has too many marks and joined characters to be kept."))
    return words
