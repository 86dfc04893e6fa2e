"""The rules of posts, the same for pages, the API and commands."""

from flask_babel import gettext as _

from app import text
from app.exceptions import Invalid

LIMIT = 140  # graphemes: what people count as characters
MAX_CODE_POINTS = 1000  # the size of the column: a grapheme has many code points, a family emoji seven


def body(value: str) -> str:
    """The normalised text of a post. Raises Invalid with a message for the user."""
    body = text.tidy(value, MAX_CODE_POINTS)
    if text.is_blank(body):
        raise Invalid("body", _("Write something to post."))
    text.check(body, "body", LIMIT, MAX_CODE_POINTS)
    return body
