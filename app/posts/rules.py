"""What a post must be, whoever writes it: a form, the API or a command."""

from flask_babel import gettext as _

from app import text
from app.exceptions import Invalid

LIMIT = 140  # graphemes, as a person counts characters
ROOM = 1000  # code points, what the column holds: an emoji family is one character of seven and more


def body(value: str) -> str:
    """What is kept of the text that was entered. Raises Invalid, with a message for the person."""
    words = text.tidy(value)
    if text.is_blank(words):
        raise Invalid("body", _("Write something first."))
    if not text.is_storable(words):
        raise Invalid("body", _("A post can't hold control characters."))
    if text.count(words) > LIMIT:
        raise Invalid("body", _("A post has at most %(limit)d characters.", limit=LIMIT))
    if len(words) > ROOM:
        raise Invalid("body", _("This post has too many marks and joined characters to be kept."))
    return words
